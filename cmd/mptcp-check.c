/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-check - what is wrong with the connections of a capture, and why. */
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>

#include "check/examine.h"
#include "check/payload_facts.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/pair.h"
#include "os/cleanup.h"
#include "output/check_rows.h"

enum {
	OPT_ALL = 0x100,
	OPT_COUNTERS,
	OPT_NO_PAYLOAD
};

static const struct opt_spec specs[] = {
	{ OPT_ALL, "all", NULL, "also the rules that are kept" },
	{ OPT_COUNTERS, "counters", NULL, "the kernels' counters instead" },
	{ OPT_NO_PAYLOAD, "no-payload", NULL, "do not look at the payload" },
	{ 'e', "fail-error", NULL, "exit with 1 when there are errors" },
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-check",
	.operands = "CAPTURE [CAPTURE2]",
	.summary = "Say why connections behave as they do, and what is wrong "
		   "with them.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT | CLI_CONNECTION,
	.specs = specs,
};

struct options {
	struct cli cli;
	int all, counters, no_payload, fail_error;
};

/* What is looked at: one capture, or two. */
struct subject {
	const struct options *opt;
	struct trace trace[2];
	size_t n;
	struct portions portions; /* of trace[0] */
	struct pairing pairing;	  /* of two */
};

static int read_payload(struct subject *s, struct payload_facts *facts,
			struct error *err)
{
	struct input input = { .tshark = NULL };
	int rc = 0;

	if (s->opt->no_payload) {
		payload_facts_refuse(facts, "--no-payload was given");
		return 0;
	}
	cli_input(&s->opt->cli, &input);
	rc = payload_facts_gather(facts, &s->portions, &input, err);
	input_release(&input);
	return rc;
}

static void report_connection(struct report *report,
			      const struct check_context *c)
{
	struct check_row row = { .listing = { c->trace, 0, c->conn, NULL },
				 .context = c };

	for (size_t k = 0; k < c->verdicts.n; k++) {
		row.verdict = &c->verdicts.items[k];
		report_row(report, 0, &check_verdict, &row);
	}
	row.verdict = NULL;
	for (int r = 0; r < RULES; r++) {
		row.finding = &c->findings[r];
		if (!context_has_rule(c, (enum rule_id)r))
			continue; /* that version of the protocol has it not */
		report_row(report, 0, &check_result, &row);
	}
}

static void report_counters(struct report *report, const struct counters *sums)
{
	struct counter_row row = { .counters = sums };

	report_row(report, 0, &check_counters, &row);
	for (int id = 0; id < COUNTERS; id++) {
		row.id = (enum counter_id)id;
		report_row(report, 0, &check_counter, &row);
	}
}

static void check_connection(struct subject *s, struct check_context *c)
{
	struct check_context other;
	int both = s->n == 2 && context_add_other(c, &s->trace[1], &other);

	examine(c);
	if (both)
		context_release(&other);
	c->other = NULL;
}

/* Adds to *errors how many there are. */
static int report_trace(struct subject *s, struct report *report,
			uint64_t *errors, struct error *err)
{
	struct counters sums = { .of = { { .count = { 0, 0 } } } };
	struct trace *t = &s->trace[0];
	struct payload_facts facts;
	struct token_index tokens;
	size_t i = 0;
	int rc = 0;

	payload_facts_init(&facts);
	rc = read_payload(s, &facts, err);
	token_index_make(&tokens, t);
	if (rc == 0)
		rc = portions_next(&s->portions, &i, err);
	while (rc > 0) {
		struct check_context c;

		context_init(&c, t, &t->connections[i++], &tokens,
			     s->n == 2 ? &s->pairing : NULL, &facts);
		check_connection(s, &c);
		report_connection(report, &c);
		counters_add(&sums, &c);
		*errors += context_errors(&c);
		context_release(&c);
		rc = portions_next(&s->portions, &i, err);
	}
	if (rc == 0)
		report_counters(report, &sums);
	token_index_release(&tokens);
	payload_facts_release(&facts);
	return rc;
}

static void warn_absence(const struct trace *t)
{
	char *absence = trace_absence(t);

	cli_warn(t->info.path, absence);
	free(absence);
}

static enum exit_status report_all(struct subject *s,
				   const struct report_options *description)
{
	const struct pairing_options how = { .client_end = -1 };
	const struct options *opt = s->opt;
	struct trace *t = s->trace;
	struct error err = ERROR_INIT;
	struct report *report = NULL;
	uint64_t errors = 0;
	enum exit_status status = EXIT_OK;

	if (select_check(&opt->cli.common.select, &t[0], &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (s->n == 2 &&
	    pairing_make(&s->pairing, &t[0], &t[1], &how, &err) < 0)
		return cli_error(EXIT_OK, &err);
	report = report_open(description, &err);
	if (!report) {
		status = cli_error(EXIT_OK, &err);
		goto out;
	}
	for (size_t i = 0; i < s->n; i++)
		report_capture(report, &t[i].info);
	if (report_trace(s, report, &errors, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	if (!t[0].n_connections)
		warn_absence(&t[0]);
	if (report_close(report, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	else if (status == EXIT_OK && errors && opt->fail_error)
		status = EXIT_NOTHING;
out:
	if (s->n == 2)
		pairing_release(&s->pairing);
	return status;
}

static enum exit_status check_one(struct subject *s, const char *path,
				  const struct report_options *report)
{
	struct input input;
	enum exit_status status = pair_load_portions(
		&s->opt->cli, path, &input, &s->portions, &s->trace[0]);

	if (status != EXIT_OK)
		return status;
	status = report_all(s, report);
	portions_close(&s->portions);
	trace_release(&s->trace[0]);
	input_release(&input);
	return status;
}

static enum exit_status check_two(struct subject *s, const char *const path[2],
				  const struct report_options *report)
{
	enum exit_status status = pair_load(&s->opt->cli, path, s->trace);

	if (status != EXIT_OK)
		return status;
	load_whole(&s->opt->cli, &s->portions, &s->trace[0]);
	status = report_all(s, report);
	portions_close(&s->portions);
	trace_release(&s->trace[0]);
	trace_release(&s->trace[1]);
	return status;
}

static enum exit_status run(const struct options *opt)
{
	struct report_options report = {
		.schema = "mptcp-check/1",
		.tool = "mptcp-check " MPTCPTOOLS_VERSION,
		.levels = { &check_result },
		.extra = { &check_verdict },
		.singles = { &check_counters },
		.text = opt->all ? &sink_check_all : &sink_check,
	};
	struct subject s = { .opt = opt,
			     .n = (size_t)(opt->cli.argc - optind) };
	const char *path[2] = { NULL, NULL };

	cli_report(&opt->cli, &report);
	if (opt->counters && report.format != FORMAT_JSON &&
	    report.format != FORMAT_JSONL) {
		report.levels[0] = &check_counter;
		report.text = NULL;
	}
	if (opt->cli.common.list_columns)
		return cli_columns(&report);
	if (s.n < 1 || s.n > 2)
		return cli_usage(&opt->cli, s.n ? "at most two captures, those "
						  "of both ends"
						: "no capture given");
	for (size_t i = 0; i < s.n; i++)
		path[i] = opt->cli.argv[optind + (int)i];
	return s.n == 2 ? check_two(&s, path, &report)
			: check_one(&s, path[0], &report);
}

/* Returns CLI_END when there is work to do. */
static int parse(struct options *opt, int argc, char **argv)
{
	int c = 0;

	cli_init(&opt->cli, &command, argc, argv);
	while ((c = cli_next(&opt->cli)) != CLI_END) {
		switch (c) {
		case OPT_ALL: opt->all = 1; break;
		case OPT_COUNTERS: opt->counters = 1; break;
		case OPT_NO_PAYLOAD: opt->no_payload = 1; break;
		case 'e': opt->fail_error = 1; break;
		default: return c;
		}
	}
	return CLI_END;
}

int main(int argc, char **argv)
{
	struct options opt = { .all = 0 };
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	status =
		parse(&opt, argc, argv) == CLI_END ? run(&opt) : opt.cli.status;
	cli_release(&opt.cli);
	return (int)status;
}
