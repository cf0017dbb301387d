/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-summary - where the bytes of Multipath TCP connections went. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/batch.h"
#include "cli/capacity.h"
#include "cli/options.h"
#include "cli/together.h"
#include "model/summary.h"
#include "output/clock_rows.h"
#include "output/owd_rows.h"
#include "output/summary_rows.h"
#include "output/summary_text.h"
#include "pair/both_ends.h"

enum {
	OPT_PATHS = 0x100,
	OPT_BY,
	OPT_TOTALS,
	OPT_CAPACITY,
	OPT_LEVEL
};

static const struct opt_spec specs[] = {
	{ OPT_PATHS, "paths", NULL, "sum up each path over all connections" },
	{ OPT_BY, "by", "KEY",
	  "tell paths apart by: pair, interface, client, server" },
	{ OPT_TOTALS, "totals", NULL,
	  "print distributions over all connections" },
	{ OPT_CAPACITY, "capacity", "RATES",
	  "set capacities of paths, as tcp0=30M,tcp1=10M" },
	{ OPT_LEVEL, "level", "LEVEL",
	  "print a row per connection, direction, subflow" },
	{ 0, NULL, NULL, NULL },
};

static const struct row_type *const levels[REPORT_LEVELS] = {
	&summary_connection, &summary_direction, &summary_subflow
};

static const char *word_of(int letter, int i)
{
	if (letter == OPT_LEVEL)
		return i < REPORT_LEVELS && levels[i] ? levels[i]->name : NULL;
	return letter == OPT_BY ? path_key_name(i) : NULL;
}

struct options {
	struct cli cli;
	bool by_path, has_key, by_total; /* --paths, --by, --totals */
	enum path_key key;
	int level;		       /* --level, from 1; 0: not said */
	struct capacities capacities;  /* --capacity */
	const struct pairing *pairing; /* --with, while rows are reported */
	struct arrivals arrivals[2];   /* then, of the packets of each */
	struct together together;
};

static int take_capacities(void *ctx, struct session *session,
			   struct error *err)
{
	struct options *opt = ctx;

	return capacities_set(&opt->capacities, &session->trace, err);
}

static void begin(void *ctx, struct report *report, struct trace *trace)
{
	struct options *opt = ctx;
	const struct owd_row clock = { .listing = { .trace = trace },
				       .pairing = opt->pairing };
	struct trace second;

	if (!opt->pairing)
		return;
	second = *opt->pairing->trace[1];
	capacities_share(&opt->capacities, opt->pairing, &second);
	report_row(report, 0, &owd_clock, &clock);
	for (int e = 0; e < 2; e++)
		arrivals_find_at(opt->pairing, e, &opt->arrivals[e]);
}

static void *make_summary(struct trace *trace, struct connection *conn)
{
	struct summary *summary = mem_calloc(1, sizeof(*summary));

	summary_make(trace, conn, summary);
	return summary;
}

static size_t report_connection(void *ctx, struct report *report,
				struct trace *trace, size_t capture,
				struct connection *conn, void *made)
{
	const struct options *opt = ctx;
	struct summary *summary = made;
	struct summary_row row = {
		.listing = { trace, capture, conn, NULL },
		.summary = summary,
		.pairing = opt->pairing,
	};
	bool wanted[2];

	if (opt->pairing)
		both_ends_tell(opt->pairing, opt->capacities.of[1], summary);
	for (int d = 0; d < 2; d++)
		wanted[d] = select_wants_direction(&opt->cli.common.select,
						   (enum direction)d);
	summary_rows_report(report, &row, opt->arrivals, wanted);
	summary_release(summary);
	free(summary);
	return 1;
}

static void report_stream(struct report *report, const struct trace *trace,
			  size_t capture, const struct stream *stream)
{
	struct tcp_summary tcp;
	struct summary_row row = {
		.listing = { trace, capture, NULL, stream },
		.tcp = &tcp,
	};

	if (stream->connection >= 0)
		row.listing.conn = &trace->connections[stream->connection];
	tcp_summarize(trace, stream, &tcp);
	report_row(report, 0, &summary_tcp_stream, &row);
	for (int d = 0; d < 2; d++) {
		row.tcp_direction = (enum direction)d;
		report_row(report, 1, &summary_tcp_direction, &row);
	}
	tcp_summary_release(&tcp);
}

static size_t report_streams(void *ctx, struct report *report,
			     struct trace *trace, size_t capture)
{
	const struct options *opt = ctx;
	const struct select *select = &opt->cli.common.select;

	for (size_t i = 0; i < select->n_streams; i++)
		report_stream(report, trace, capture,
			      trace_find_stream(trace, select->streams[i]));
	return select->n_streams;
}

/* What does not go together, or NULL. */
static const char *find_conflict(const struct options *opt)
{
	const struct select *select = &opt->cli.common.select;
	const bool with = opt->cli.common.n_with > 0;

	if (select->n_streams && (select->n || select->one_way || with))
		return "-t cannot be used with -c, --towards or --with";
	if ((opt->by_path && opt->by_total) ||
	    (select->n_streams && (opt->by_path || opt->by_total)))
		return "only one of --paths, --totals and -t can be used";
	if (opt->has_key && !opt->by_path)
		return "--by can only be used with --paths";
	if (opt->by_path && select->one_way)
		return "--paths cannot be used with --towards: it shows both "
		       "directions";
	if (opt->by_total && with)
		return "--totals cannot be used with --with";
	if (opt->level && (opt->by_path || opt->by_total || select->n_streams))
		return "--level cannot be used with --paths, --totals or -t";
	if (opt->level && (opt->cli.common.format == FORMAT_JSON ||
			   opt->cli.common.format == FORMAT_JSONL))
		return "--level cannot be used with JSON, which has all levels";
	if (opt->capacities.n &&
	    (opt->by_path || opt->by_total || select->n_streams))
		return "--capacity cannot be used with --paths, --totals or -t";
	return capacities_conflict(&opt->capacities, &opt->cli);
}

static void shape_streams(struct report_options *report, struct batch *batch)
{
	report->levels[0] = &summary_tcp_stream;
	report->levels[1] = &summary_tcp_direction;
	report->levels[2] = NULL;
	batch->rows = report_streams;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	const bool with = opt->cli.common.n_with > 0;
	struct report_options report = {
		.schema = "mptcp-summary/1",
		.tool = "mptcp-summary " MPTCPTOOLS_VERSION,
		.leaves = true,
		.has_level = opt->level > 0,
		.level = opt->level - 1,
		.levels = { levels[0], levels[1], levels[2] },
		.singles = { with ? &owd_clock : NULL },
		.text = &sink_summary,
	};
	enum exit_status status = EXIT_OK;
	struct batch batch = {
		.cli = &opt->cli,
		.report = &report,
		.open = take_capacities,
		.begin = begin,
		.make = make_summary,
		.connection = report_connection,
		.ctx = opt,
		.load = LOAD_SELECTED,
		.pairing = &opt->pairing,
	};

	if (find_conflict(opt))
		return cli_usage(&opt->cli, "%s", find_conflict(opt));
	if (opt->by_path)
		together_paths(&opt->together, opt->key, &batch);
	else if (opt->by_total)
		together_totals(&opt->together, &batch);
	else if (opt->cli.common.select.n_streams)
		shape_streams(&report, &batch);
	status = batch_main(&batch);
	together_release(&opt->together);
	for (int e = 0; e < 2; e++)
		arrivals_release(&opt->arrivals[e]);
	return status;
}

static bool take_key(struct options *opt)
{
	int i = 0;

	while (path_key_name(i) && strcmp(optarg, path_key_name(i)) != 0)
		i++;
	if (!path_key_name(i))
		return cli_stop_word(&opt->cli, OPT_BY);
	opt->key = (enum path_key)i;
	opt->has_key = true;
	return true;
}

static bool take_level(struct options *opt)
{
	int i = 0;

	while (word_of(OPT_LEVEL, i) &&
	       strcmp(optarg, word_of(OPT_LEVEL, i)) != 0)
		i++;
	opt->level = i + 1;
	return word_of(OPT_LEVEL, i) || cli_stop_word(&opt->cli, OPT_LEVEL);
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_PATHS: opt->by_path = true; break;
	case OPT_TOTALS: opt->by_total = true; break;
	case OPT_LEVEL: return take_level(opt);
	case OPT_BY: return take_key(opt);
	case OPT_CAPACITY: return capacities_take(&opt->capacities, &opt->cli);
	}
	return true;
}

static void release(void *ctx)
{
	struct options *opt = ctx;

	capacities_release(&opt->capacities);
}

static const struct cli_command command = {
	.name = "mptcp-summary",
	.operands = "CAPTURE...",
	.summary = "Summarise Multipath TCP connections: what each subflow "
		   "carried.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_JSON | CLI_OUTPUT |
		  CLI_CONNECTION | CLI_STREAM | CLI_TOWARDS | CLI_WITH |
		  CLI_ENDS,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
	.release = release,
};

int main(int argc, char **argv)
{
	struct options opt = { .pairing = NULL };

	opt.together.select = &opt.cli.common.select;

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
