/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/batch.h"

#include <err.h>
#include <getopt.h>
#include <unistd.h>

#include "cli/pair.h"
#include "cli/progress.h"
#include "model/account.h"

/* Is it worth a word that a capture has no rows? */
static int is_odd(const struct batch *b, const struct trace *trace)
{
	return !b->may_be_empty || trace->n_connections == 0 ||
	       isatty(STDOUT_FILENO);
}

static int list_connections(const struct batch *b, struct report *report,
			    struct trace *trace, struct portions *portions,
			    size_t capture, size_t *rows, struct error *err)
{
	int rc = 0;

	if (b->begin)
		b->begin(b->ctx, report, trace);
	for (size_t i = 0; (rc = portions_next(portions, &i, err)) > 0; i++)
		*rows += b->connection(b->ctx, report, trace, capture,
				       &trace->connections[i]);
	return rc;
}

static void warn_nothing(const struct batch *b, const struct trace *trace)
{
	char *absence = NULL;

	if (b->nothing && (b->says_all || trace->n_connections)) {
		cli_warn(trace->info.path, b->nothing);
		return;
	}
	absence = trace_absence(trace);
	cli_warn(trace->info.path, absence);
	free(absence);
}

/* Adds to *listed; returns the exit status for this capture. */
static enum exit_status list_trace(const struct batch *b, struct report *report,
				   struct trace *trace,
				   struct portions *portions, size_t capture,
				   size_t *listed)
{
	struct error err = ERROR_INIT;
	size_t rows = 0;

	for (size_t i = 0; !b->with && i < trace->info.warnings.n; i++)
		cli_warn(trace->info.path, trace->info.warnings.items[i]);
	report_capture(report, &trace->info);
	if (select_check(&b->cli->common.select, trace, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (b->rows)
		rows = b->rows(b->ctx, report, trace, capture);
	else if (list_connections(b, report, trace, portions, capture, &rows,
				  &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (!rows && is_odd(b, trace))
		warn_nothing(b, trace);
	*listed += rows;
	return EXIT_OK;
}

/* One capture, with that of the other end. */
static enum exit_status list_pair(const struct batch *b)
{
	const char *path[2] = { b->cli->argv[optind], b->with };
	const struct pairing_options options = { .client_end = -1 };
	struct trace trace[2];
	struct portions portions;
	struct pairing pairing;
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	size_t listed = 0;
	enum exit_status status = pair_load(b->cli, path, trace);

	if (status != EXIT_OK)
		return status;
	account_all(&trace[1]);
	if (pairing_make(&pairing, &trace[0], &trace[1], &options, &err) < 0) {
		status = cli_error(status, &err);
		goto out;
	}
	*b->pairing = &pairing;
	report = report_open(b->report, &err);
	if (!report) {
		status = cli_error(status, &err);
	} else {
		load_whole(b->cli, &portions, &trace[0]);
		status =
			list_trace(b, report, &trace[0], &portions, 0, &listed);
		portions_close(&portions);
		report_capture(report, &trace[1].info);
		if (report_close(report, &err) < 0)
			status = cli_error(status, &err);
	}
	*b->pairing = NULL;
	pairing_release(&pairing);
	if (status == EXIT_OK && !listed && b->cli->common.fail_empty)
		status = EXIT_NOTHING;
out:
	trace_release(&trace[0]);
	trace_release(&trace[1]);
	return status;
}

static enum exit_status list_captures(const struct batch *b)
{
	const struct cli *cli = b->cli;
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	struct input input = { .tshark = NULL };
	struct progress progress;
	enum exit_status status = EXIT_OK, one = EXIT_OK;
	size_t capture = 0, listed = 0;

	report = report_open(b->report, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	cli_input(cli, &input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, &input);
	for (int i = optind; i < cli->argc; i++) {
		const char *path = cli->argv[i];
		struct portions portions = { .trace = NULL };
		struct portions *some = b->rows ? NULL : &portions;
		struct trace trace;
		int rc = some ? load_portions(cli, &input, path, some, &trace,
					      &err)
			      : load_trace(cli, &input, path, b->load, &trace,
					   &err);

		progress_erase(&progress);
		if (rc < 0) {
			status = cli_error(status, &err);
			continue;
		}
		one = list_trace(b, report, &trace, some, capture++, &listed);
		status = one > status ? one : status;
		if (some)
			portions_close(some);
		trace_release(&trace);
	}
	if (report_close(report, &err) < 0)
		status = cli_error(status, &err);
	input_release(&input);
	if (status == EXIT_OK && !listed && cli->common.fail_empty)
		status = EXIT_NOTHING;
	return status;
}

enum exit_status batch_main(const struct batch *b)
{
	const struct cli *cli = b->cli;

	b->report->several = cli->argc - optind > 1;
	cli_report(cli, b->report);
	if (cli->common.list_columns)
		return cli_columns(b->report);
	if (optind >= cli->argc)
		return cli_usage(cli, "no capture given");
	if (b->with && cli->argc - optind != 1)
		return cli_usage(cli, "--with goes with one capture");
	return b->with ? list_pair(b) : list_captures(b);
}
