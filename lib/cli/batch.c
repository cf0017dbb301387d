/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/batch.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/load.h"
#include "model/account.h"
#include "os/parallel.h"
#include "pair/fragments.h"

enum {
	LOAD_MOST = 64, /* maximum number of connections processed together */
	LOAD_PACKETS = 65536 /* maximum number of their packets */
};

/* Whether to mention that a capture has no rows. */
static bool is_odd(const struct batch *b, const struct trace *trace)
{
	return !b->may_be_empty || trace->n_connections == 0 ||
	       isatty(STDOUT_FILENO);
}

/* Connections that are processed together. */
struct workload {
	const struct batch *b;
	struct trace *trace;
	size_t n;
	struct connection *conn[LOAD_MOST];
	void *made[LOAD_MOST];
};

static void make_one(void *ctx, size_t k)
{
	struct workload *p = ctx;

	p->made[k] = p->b->make ? p->b->make(p->trace, p->conn[k]) : NULL;
}

/*
 * Take connections from *i on whose packets are in memory, and advance *i.  A
 * large one is processed alone, to limit memory; threads may share its
 * packets.
 */
static void take_workload(struct workload *p, const struct session *session,
			  size_t *i)
{
	struct trace *t = p->trace;
	size_t packets = 0;

	for (p->n = 0; p->n < LOAD_MOST && session_has(session, *i); ++*i) {
		if (session_skips(session, *i))
			continue;
		packets += trace_connection_packets(t, &t->connections[*i]);
		if (p->n && packets > LOAD_PACKETS)
			break;
		p->conn[p->n++] = &t->connections[*i];
	}
}

static int list_connections(const struct batch *b, struct report *report,
			    struct session *session, size_t capture,
			    size_t *rows, struct error *err)
{
	struct workload p = { .b = b, .trace = &session->trace };
	size_t i = 0;
	int rc = 0;

	if (b->open && b->open(b->ctx, session, err) < 0)
		return -1;
	if (b->begin)
		b->begin(b->ctx, report, p.trace);
	while ((rc = session_next(session, &i, err)) > 0) {
		take_workload(&p, session, &i);
		parallel_each(trace_threads(p.trace), p.n, make_one, &p);
		for (size_t k = 0; k < p.n; k++)
			*rows += b->connection(b->ctx, report, p.trace, capture,
					       p.conn[k], p.made[k]);
	}
	return rc;
}

static void warn_nothing(const struct batch *b, const struct trace *trace)
{
	if (b->nothing && (b->says_all || trace->n_connections))
		cli_warn(trace->info.path, b->nothing);
	else
		load_warn_absence(trace);
}

/* Adds to *listed; returns the exit status for this capture. */
static enum exit_status list_capture(const struct batch *b,
				     struct report *report,
				     struct session *session, size_t capture,
				     size_t *listed)
{
	struct trace *trace = &session->trace;
	struct error err = ERROR_INIT;
	size_t rows = 0;

	report_capture(report, &trace->info);
	if (select_check(&b->cli->common.select, trace, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (b->rows)
		rows = b->rows(b->ctx, report, trace, capture);
	else if (list_connections(b, report, session, capture, &rows, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (!rows && is_odd(b, trace))
		warn_nothing(b, trace);
	*listed += rows;
	return EXIT_OK;
}

/* One capture, with that of the other end. */
static enum exit_status list_pair(const struct batch *b)
{
	struct session_operand what[2];
	const struct pairing_options options = {
		.client_end = b->cli->common.client - 1
	};
	struct loaded l = { .n = 0 };
	struct trace *second = &l.session[1].trace;
	struct pairing pairing;
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	size_t listed = 0;
	enum exit_status status = EXIT_OK;

	load_operands(b->cli, optind, what);
	what[1] = load_with(b->cli);
	status = load_captures(b->cli, what, 2, LOAD_IN_TURN, &l);
	if (status != EXIT_OK)
		return status;
	account_all(second);
	if (pairing_make(&pairing, &l.session[0].trace, second, &options,
			 &err) < 0) {
		status = cli_error(status, &err);
		goto out;
	}
	*b->pairing = &pairing;
	report = report_open(b->report, &err);
	if (!report) {
		status = cli_error(status, &err);
	} else {
		status = list_capture(b, report, &l.session[0], 0, &listed);
		report_capture(report, &second->info);
		if (b->end)
			b->end(b->ctx, report);
		status = cli_close(b->cli, report, listed, status);
	}
	*b->pairing = NULL;
	pairing_release(&pairing);
out:
	loaded_release(&l);
	return status;
}

/* Print the warning and free it. */
static void warn_text(char *text)
{
	if (text) {
		text_make_plain(text);
		warnx("%s", text);
	}
	free(text);
}

static void warn_of_fragments(const struct cli *cli, struct fragments *f)
{
	if (cli->command->groups & CLI_WITH)
		warn_text(fragments_describe_whole(f));
	warn_text(fragments_describe(f));
	fragments_release(f);
}

static enum exit_status list_captures(const struct batch *b)
{
	const struct cli *cli = b->cli;
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK, one = EXIT_OK;
	struct session_operand what[2];
	size_t n = load_operands(cli, optind, what);
	struct fragments fragments = { .n = 0 };
	size_t capture = 0, listed = 0;

	report = report_open(b->report, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	for (size_t i = 0; i < n; i++) {
		struct loaded l = { .n = 0 };

		if (!cli->common.merge)
			load_operands(cli, optind + (int)i, what);
		one = load_captures(cli, what, 1,
				    b->rows ? b->load : LOAD_IN_TURN, &l);
		if (one == EXIT_OK) {
			fragments_add(&fragments, &l.session[0].trace);
			one = list_capture(b, report, &l.session[0], capture++,
					   &listed);
			loaded_release(&l);
		}
		status = one > status ? one : status;
	}
	warn_of_fragments(cli, &fragments);
	if (b->end)
		b->end(b->ctx, report);
	return cli_close(cli, report, listed, status);
}

enum exit_status batch_main(const struct batch *b)
{
	const struct cli *cli = b->cli;
	struct session_operand what[2];
	size_t n = 0;

	n = load_operands(cli, optind, what);
	b->report->several = n > 1;
	cli_report(cli, b->report);
	if (cli->common.list_columns)
		return cli_columns(b->report);
	if (!n)
		return cli_usage(cli, "no capture given");
	if (cli->common.merge && n > 1)
		return cli_usage(cli, "-m reads all files as one capture: -- "
				      "cannot be used between them");
	if (cli->common.n_with && n != 1)
		return cli_usage(cli,
				 "--with needs exactly one capture: use -m "
				 "if several files are one; "
				 "mptcp-batch(7) describes how to "
				 "process many runs");
	return cli->common.n_with ? list_pair(b) : list_captures(b);
}
