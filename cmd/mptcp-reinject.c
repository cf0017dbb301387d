/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-reinject - list the data that was sent twice. */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/batch.h"
#include "cli/options.h"
#include "model/account.h"
#include "output/reinject_rows.h"

enum {
	OPT_ALL = 0x100,
	OPT_SUMMARY
};

static const struct opt_spec specs[] = {
	{ OPT_ALL, "all", NULL, "list also repetitions and retransmissions" },
	{ OPT_SUMMARY, "summary", NULL,
	  "print only the sums of each direction" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	bool all;
	bool summary;
	const struct pairing *pairing; /* --with, while rows are reported */
	struct arrivals arrivals;      /* then */
	bool repeats[2]; /* by direction: there are reinjections */
};

/* Returns how many of the rows that were asked for there were. */
static size_t report_repetitions(struct options *opt, struct report *report,
				 struct reinject_row row)
{
	const struct trace *t = row.listing.trace;
	const struct connection *c = row.listing.conn;
	size_t listed = 0;

	for (size_t i = 0; i < row.list->n; i++) {
		row.item = &row.list->items[i];
		row.direction = row.item->direction;
		row.listing.stream =
			&t->streams[c->subflows[row.item->subflow]];
		if ((!opt->all && row.item->byte_class != BYTES_REINJECTED) ||
		    !select_wants_direction(&opt->cli.common.select,
					    row.direction))
			continue;
		report_row(report, 0, &reinject_item, &row);
		listed++;
	}
	row.item = NULL;
	for (int d = 0; d < 2; d++) {
		struct repetition_totals totals;
		struct usefulness_totals usefulness;

		row.direction = (enum direction)d;
		row.totals = &totals;
		row.usefulness = &usefulness;
		if (!select_wants_direction(&opt->cli.common.select,
					    row.direction))
			continue;
		repetitions_total(t, row.list, row.direction, BYTES_REINJECTED,
				  &totals);
		usefulness_total(row.arrivals, row.list, row.direction,
				 BYTES_REINJECTED, &usefulness);
		report_row(report, 0, &reinject_total, &row);
		listed += opt->summary;
		opt->repeats[d] |= totals.all.packets > 0;
		repetition_totals_release(&totals);
	}
	return listed;
}

/* Towards the end where this capture was taken nothing was sent from here. */
static void warn_not_judged(const struct options *opt, enum direction d)
{
	static const char *const ends[2] = { "server", "client" };

	warnx("reinjections to the %s are judged from the capture of the "
	      "sender: give '%s' first, and this capture behind --with",
	      ends[d], opt->cli.common.with[0]);
}

/*
 * Of what the user asked for, or where all that there is lies in the direction
 * that cannot be judged.
 */
static void end(void *ctx, struct report *report)
{
	const struct options *opt = ctx;
	const bool *at_sender = opt->arrivals.at_sender;

	(void)report;
	if (!opt->pairing)
		return;
	for (int d = 0; d < 2; d++)
		if (!at_sender[d] &&
		    (opt->cli.common.select.one_way
			     ? select_wants_direction(&opt->cli.common.select,
						      (enum direction)d)
			     : opt->repeats[d] &&
				       !(at_sender[!d] && opt->repeats[!d])))
			warn_not_judged(opt, (enum direction)d);
}

static void begin(void *ctx, struct report *report, struct trace *trace)
{
	struct options *opt = ctx;

	(void)report;
	(void)trace;
	if (opt->pairing)
		arrivals_find(opt->pairing, &opt->arrivals);
}

static void *make_list(struct trace *trace, struct connection *conn)
{
	struct repetitions *list = mem_calloc(1, sizeof(*list));
	struct ledger ledger;

	ledger_init(&ledger);
	account_connection(trace, conn, &ledger);
	repetitions_list(trace, &ledger, list);
	ledger_release(&ledger);
	return list;
}

static size_t report_connection(void *ctx, struct report *report,
				struct trace *trace, size_t capture,
				struct connection *conn, void *made)
{
	struct options *opt = ctx;
	struct repetitions *list = made;
	struct reinject_row row = {
		.listing = { trace, capture, conn, NULL },
		.list = list,
		.vantage = vantage_of(trace, conn),
		.arrivals = opt->pairing ? &opt->arrivals : NULL,
	};
	const size_t listed = report_repetitions(opt, report, row);

	repetitions_release(list);
	free(list);
	return listed;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-reinject/1",
		.tool = "mptcp-reinject " MPTCPTOOLS_VERSION,
		.levels = { &reinject_item },
		.extra = { &reinject_total },
	};
	struct batch batch = {
		.cli = &opt->cli,
		.report = &report,
		.begin = begin,
		.make = make_list,
		.connection = report_connection,
		.end = end,
		.ctx = opt,
		.nothing = "nothing was reinjected in this capture",
		.may_be_empty = true,
		.pairing = &opt->pairing,
	};
	enum exit_status status = EXIT_OK;

	if (opt->summary) {
		report.levels[0] = &reinject_total;
		report.extra[0] = NULL;
		batch.nothing = NULL;
	}
	status = batch_main(&batch);
	arrivals_release(&opt->arrivals);
	return status;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_ALL: opt->all = true; break;
	case OPT_SUMMARY: opt->summary = true; break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-reinject",
	.operands = "CAPTURE...",
	.summary = "List data that was sent again on another subflow.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_JSON | CLI_OUTPUT |
		  CLI_CONNECTION | CLI_TOWARDS | CLI_WITH | CLI_ENDS,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .all = false };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
