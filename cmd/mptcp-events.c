/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-events - what happened in connections, in order of time. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/batch.h"
#include "cli/following.h"
#include "cli/kernel_logs.h"
#include "cli/live_options.h"
#include "cli/mistaken.h"
#include "cli/options.h"
#include "events/timeline.h"
#include "model/account.h"
#include "output/event_rows.h"

enum {
	OPT_EVENT = 0x100,
	OPT_MONITOR,
	OPT_FOLLOW
};

static const struct opt_spec specs[] = {
	{ OPT_EVENT, "event", "WORDS",
	  "list only these events, separated by commas" },
	{ OPT_MONITOR, "monitor", "FILE",
	  "add events of \"ip mptcp monitor\" output in FILE" },
	{ OPT_FOLLOW, "follow", NULL,
	  "print events as they happen; CAPTURE may grow" },
	{ 0, NULL, NULL, NULL },
};

static const char *word_of(int letter, int i)
{
	return letter == OPT_EVENT && i < EVENT_KINDS
		       ? event_name((enum event_kind)i)
		       : NULL;
}

struct options {
	struct cli cli;
	unsigned kinds; /* bits by enum event_kind; 0: all */
	struct kernel_logs logs;
	bool follow;
	/* While events are told as they happen: */
	struct report *report;
	size_t listed;
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

static void report_event(struct report *report, const struct trace *trace,
			 size_t capture, const struct connection *conn,
			 const struct event *e)
{
	const bool has_subflow =
		!event_is_of_kernel(e->kind) || (e->has & EVENT_HAS_SUBFLOW);
	const struct stream *s =
		has_subflow ? trace_subflow(trace, conn, e->subflow) : NULL;
	const struct event_row row = { { trace, capture, conn, s }, e };

	report_row(report, 0, &event_item, &row);
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
		if (!wants(opt, &line->events[k]))
			continue;
		report_event(report, trace, capture, conn, &line->events[k]);
		listed++;
	}
	timeline_release(line);
	free(line);
	return listed;
}

/* A live_event_fn. */
static void tell_event(void *ctx, const struct trace *trace,
		       const struct connection *conn, const struct event *e)
{
	struct options *opt = ctx;

	if (!wants(opt, e) || !select_wants(&opt->cli.common.select, conn))
		return;
	report_event(opt->report, trace, 0, conn, e);
	opt->listed++;
}

/* What goes with whole captures only; NULL: nothing of it is asked for. */
static const char *for_whole(const struct options *opt)
{
	const struct cli_common *c = &opt->cli.common;

	if (c->format == FORMAT_JSON)
		return "--follow cannot be used with --json, which is written "
		       "at the end: use --jsonl";
	if (c->merge || opt->logs.n)
		return "--follow cannot be used with -m or --monitor, which "
		       "need whole captures";
	return NULL;
}

/* As the capture that rows are of. */
static void name_source(struct report *report,
			const struct live_source_options *source)
{
	struct capture_info info = { .path = NULL };

	info.path = mem_strdup(source->path ? source->path
					    : source->interfaces.items[0]);
	report_capture(report, &info);
	capture_info_release(&info);
}

static enum exit_status follow(struct options *opt,
			       struct report_options *report)
{
	static const struct report_width widths[] = {
		{ "connection", 4 }, { "time_s", 10 }, { "frame", 7 },
		{ "tcp_stream", 4 }, { "from", 6 },    { "event", 22 },
		{ NULL, 0 },
	};
	struct cli *cli = &opt->cli;
	struct events_following f = { .cli = cli,
				      .event = tell_event,
				      .ctx = opt };
	struct live_source_options source;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	report->at_once = widths;
	cli_report(cli, report);
	if (cli->common.list_columns)
		return cli_columns(report);
	if (for_whole(opt))
		return cli_usage(cli, "%s", for_whole(opt));
	if (!live_options_source(cli, true, &source))
		return cli->status;
	opt->report = report_open(report, &err);
	if (!opt->report)
		return cli_error(EXIT_OK, &err);
	name_source(opt->report, &source);
	f.report = opt->report;
	status = following_run(&f, &source);
	return cli_close(cli, opt->report, opt->listed, status);
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

	if (opt->follow || live_options_are_given(&opt->cli))
		return follow(opt, &report);
	if (!kernel_logs_take_recorded(&opt->logs, &opt->cli))
		return opt->cli.status;
	status = batch_main(&batch);
	kernel_logs_say(&opt->logs, !opt->cli.common.select.n);
	return status;
}

static bool no_such_event(struct options *opt, const char *name, size_t n)
{
	const struct cli_command *command = opt->cli.command;
	char *near = mistaken_word(command, OPT_EVENT, name, n);
	char *choice = mistaken_choice(command, OPT_EVENT, "and");

	cli_usage(&opt->cli, "no event '%.*s'%s; there are %s", (int)n, name,
		  near, choice);
	free(choice);
	free(near);
	return cli_stop(&opt->cli, EXIT_USAGE);
}

/* False: what is wrong has been said. */
static bool add_kinds(struct options *opt, const char *names)
{
	while (1) {
		size_t n = strcspn(names, ",");
		enum event_kind kind = event_find(names, n);

		if (kind == EVENT_KINDS)
			return no_such_event(opt, names, n);
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
	case OPT_FOLLOW: opt->follow = true; return true;
	case OPT_MONITOR:
		return kernel_logs_take(&opt->logs, &opt->cli, optarg);
	default: return true;
	}
}

static void release(void *ctx)
{
	struct options *opt = ctx;

	kernel_logs_release(&opt->logs);
}

static const struct cli_command command = {
	.name = "mptcp-events",
	.operands = "CAPTURE...",
	.summary = "List what happened in Multipath TCP connections, and when.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_JSON | CLI_OUTPUT |
		  CLI_CONNECTION | CLI_TOWARDS | CLI_LIVE,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
	.release = release,
};

int main(int argc, char **argv)
{
	struct options opt = { .kinds = 0 };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
