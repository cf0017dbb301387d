/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-events - what happened in connections, in order of time. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/batch.h"
#include "cli/kernel_logs.h"
#include "cli/options.h"
#include "events/timeline.h"
#include "model/account.h"
#include "output/event_rows.h"

enum {
	OPT_EVENT = 0x100,
	OPT_MONITOR
};

static const struct opt_spec specs[] = {
	{ OPT_EVENT, "event", "NAMES", "only these, commas between" },
	{ OPT_MONITOR, "monitor", "FILE",
	  "what \"ip mptcp monitor\" printed, beside the packets" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	unsigned kinds; /* bits by enum event_kind; 0: all */
	struct kernel_logs logs;
};

static bool wants(const struct options *opt, const struct event *e)
{
	return (!opt->kinds || opt->kinds >> e->kind & 1) &&
	       select_wants_direction(&opt->cli.common.select,
				      e->from ? TO_CLIENT : TO_SERVER);
}

static void *make_timeline(struct trace *trace, struct connection *conn)
{
	struct timeline *line = mem_calloc(1, sizeof(*line));
	struct ledger ledger;

	ledger_init(&ledger);
	account_connection(trace, conn, &ledger);
	timeline_make(line, trace, conn, &ledger);
	ledger_release(&ledger);
	return line;
}

static size_t report_connection(void *ctx, struct report *report,
				struct trace *trace, size_t capture,
				struct connection *conn, void *made)
{
	struct options *opt = ctx;
	struct timeline *line = made;
	size_t listed = 0;

	kernel_logs_tell(&opt->logs, line, trace, conn);
	for (size_t k = 0; k < line->n; k++) {
		const struct event *e = &line->events[k];
		const bool has_subflow = !event_is_of_kernel(e->kind) ||
					 (e->has & EVENT_HAS_SUBFLOW);
		const struct stream *s =
			has_subflow ? trace_subflow(trace, conn, e->subflow)
				    : NULL;
		struct event_row row = { { trace, capture, conn, s }, e };

		if (!wants(opt, e))
			continue;
		report_row(report, 0, &event_item, &row);
		listed++;
	}
	timeline_release(line);
	free(line);
	return listed;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-events/1",
		.tool = "mptcp-events " MPTCPTOOLS_VERSION,
		.levels = { &event_item },
	};
	struct batch batch = {
		.cli = &opt->cli,
		.report = &report,
		.make = make_timeline,
		.connection = report_connection,
		.ctx = opt,
		.nothing = opt->kinds ? "no such event in this capture" : NULL,
		.may_be_empty = opt->kinds != 0,
	};

	enum exit_status status = EXIT_OK;

	if (!kernel_logs_take_recorded(&opt->logs, &opt->cli))
		return opt->cli.status;
	status = batch_main(&batch);
	kernel_logs_finish(&opt->logs, !opt->cli.common.select.n);
	return status;
}

/* False: what is wrong has been said. */
static bool add_kinds(struct options *opt, const char *names)
{
	while (1) {
		size_t n = strcspn(names, ",");
		enum event_kind kind = event_find(names, n);

		if (kind == EVENT_KINDS) {
			return cli_stop(&opt->cli,
					cli_usage(&opt->cli,
						  "no event is called '%.*s'",
						  (int)n, names));
		}
		opt->kinds |= 1u << kind;
		if (!names[n])
			return true;
		names += n + 1;
	}
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_EVENT: return add_kinds(opt, optarg);
	case OPT_MONITOR:
		return kernel_logs_take(&opt->logs, &opt->cli, optarg);
	default: return true;
	}
}

static const struct cli_command command = {
	.name = "mptcp-events",
	.operands = "CAPTURE...",
	.summary = "List what happened in Multipath TCP connections, and when.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_JSON | CLI_OUTPUT |
		  CLI_CONNECTION | CLI_TOWARDS,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .kinds = 0 };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
