/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-check - what is wrong with the connections of a capture, and why. */
#include <getopt.h>
#include <locale.h>

#include "check/examine.h"
#include "check/payload_facts.h"
#include "cli/options.h"
#include "cli/pair.h"
#include "model/account.h"
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

/* Of the connections that were asked for. */
static void read_payload(const struct options *opt, struct trace *trace,
			 struct payload_facts *facts)
{
	struct input input = { .tshark = NULL };
	int needed = 0;

	if (opt->no_payload) {
		payload_facts_refuse(facts, "--no-payload was given");
		return;
	}
	for (size_t i = 0; i < trace->n_connections; i++) {
		struct ledger ledger;

		if (!select_wants(&opt->cli.common.select,
				  &trace->connections[i]))
			continue;
		ledger_init(&ledger);
		account_connection(trace, &trace->connections[i], &ledger);
		payload_facts_want(facts, trace, &ledger);
		ledger_release(&ledger);
		needed |= checkup_has_checksums(trace, &trace->connections[i]);
	}
	if (!needed && !facts->wanted)
		return;
	cli_input(&opt->cli, &input);
	payload_facts_read(facts, &input, trace);
	input_release(&input);
}

static void report_checkup(struct report *report, const struct checkup *c)
{
	struct check_row row = { .listing = { c->trace, 0, c->conn, NULL },
				 .checkup = c };

	for (size_t k = 0; k < c->answers.n; k++) {
		row.answer = &c->answers.items[k];
		report_row(report, 0, &check_verdict, &row);
	}
	row.answer = NULL;
	for (int r = 0; r < RULES; r++) {
		row.finding = &c->findings[r];
		if (!checkup_has_rule(c, (enum rule_id)r))
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

/* Returns how many errors there are. */
static uint64_t report_trace(const struct options *opt, struct report *report,
			     struct trace *trace, const struct pairing *pairing)
{
	struct counters sums = { .of = { { .count = { 0, 0 } } } };
	struct payload_facts facts;
	struct census census;
	uint64_t errors = 0;

	payload_facts_init(&facts);
	read_payload(opt, trace, &facts);
	census_take(&census, trace);
	for (size_t i = 0; i < trace->n_connections; i++) {
		struct checkup c;

		if (!select_wants(&opt->cli.common.select,
				  &trace->connections[i]))
			continue;
		checkup_init(&c, trace, &trace->connections[i], &census,
			     pairing, &facts);
		examine(&c);
		report_checkup(report, &c);
		counters_add(&sums, &c);
		errors += checkup_errors(&c);
		checkup_release(&c);
	}
	report_counters(report, &sums);
	census_release(&census);
	payload_facts_release(&facts);
	return errors;
}

static enum exit_status report_all(const struct options *opt,
				   const struct report_options *description,
				   struct trace trace[2], size_t n)
{
	const struct pairing_options how = { .client_end = -1 };
	struct pairing pairing;
	struct error err = ERROR_INIT;
	struct report *report = NULL;
	uint64_t errors = 0;
	enum exit_status status = EXIT_OK;

	if (select_check(&opt->cli.common.select, &trace[0], &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (n == 2 &&
	    pairing_make(&pairing, &trace[0], &trace[1], &how, &err) < 0)
		return cli_error(EXIT_OK, &err);
	report = report_open(description, &err);
	if (!report) {
		status = cli_error(EXIT_OK, &err);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		report_capture(report, &trace[i].info);
	errors = report_trace(opt, report, &trace[0], n == 2 ? &pairing : NULL);
	if (!trace[0].n_connections)
		cli_warn(trace[0].info.path,
			 "no Multipath TCP in this capture");
	if (report_close(report, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	else if (errors && opt->fail_error)
		status = EXIT_NOTHING;
out:
	if (n == 2)
		pairing_release(&pairing);
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
	const char *path[2] = { NULL, NULL };
	size_t n = (size_t)(opt->cli.argc - optind);
	struct trace trace[2];
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	cli_report(&opt->cli, &report);
	if (opt->counters && report.format != FORMAT_JSON &&
	    report.format != FORMAT_JSONL) {
		report.levels[0] = &check_counter;
		report.text = NULL;
	}
	if (opt->cli.common.list_columns) {
		report_list_columns(&report);
		return report_flush(&err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
	}
	if (n < 1 || n > 2)
		return cli_usage(&opt->cli, n ? "at most two captures, those "
						"of both ends"
					      : "no capture given");
	for (size_t i = 0; i < n; i++)
		path[i] = opt->cli.argv[optind + (int)i];
	status = n == 2 ? pair_load(&opt->cli, path, trace)
			: pair_load_one(&opt->cli, path[0], &trace[0]);
	if (status != EXIT_OK)
		return status;
	status = report_all(opt, &report, trace, n);
	for (size_t i = 0; i < n; i++)
		trace_release(&trace[i]);
	return status;
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
