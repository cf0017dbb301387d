/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-ls - list the Multipath TCP connections of captures. */

#include "cli/batch.h"
#include "cli/options.h"
#include "model/account.h"
#include "output/listing.h"

static const struct opt_spec specs[] = {
	{ 's', "subflows", NULL, "list the subflows below their connection" },
	{ 't', "tcp-streams", NULL,
	  "list all TCP streams instead; takes no STREAM" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	bool tree;
	bool tcp_streams;
};

static size_t list_connections(const struct options *opt, struct report *report,
			       struct listing_row row)
{
	const struct trace *trace = row.trace;
	size_t listed = 0;

	for (size_t i = 0; i < trace->n_connections; i++) {
		const struct connection *conn = &trace->connections[i];

		if (!select_wants(&opt->cli.common.select, conn))
			continue;
		row.conn = conn;
		row.stream = NULL;
		report_row(report, 0, &listing_connection, &row);
		for (size_t s = 0; s < conn->n_subflows; s++) {
			row.stream = &trace->streams[conn->subflows[s]];
			report_row(report, 1, &listing_subflow, &row);
		}
		listed++;
	}
	return listed;
}

static size_t list_streams(const struct options *opt, struct report *report,
			   struct listing_row row)
{
	const struct select *select = &opt->cli.common.select;
	const struct trace *trace = row.trace;
	size_t listed = 0;

	for (size_t i = 0; i < trace->n_streams; i++) {
		long c = trace->streams[i].connection;

		row.stream = &trace->streams[i];
		row.conn = c < 0 ? NULL : &trace->connections[c];
		if (select->n && !(row.conn && select_wants(select, row.conn)))
			continue;
		report_row(report, 0, &listing_tcp_stream, &row);
		listed++;
	}
	return listed;
}

static size_t list_trace(void *ctx, struct report *report, struct trace *trace,
			 size_t capture)
{
	const struct options *opt = ctx;
	struct listing_row row = { .trace = trace, .capture = capture };
	size_t connections = 0;

	account_all(trace);
	connections = list_connections(opt, report, row);
	return opt->tcp_streams ? list_streams(opt, report, row) : connections;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-ls/1",
		.tool = "mptcp-ls " MPTCPTOOLS_VERSION,
		.tree = opt->tree,
		.levels = { &listing_connection, &listing_subflow },
	};
	struct batch batch = {
		.cli = &opt->cli,
		.report = &report,
		.rows = list_trace,
		.ctx = opt,
		.load = LOAD_OUTLINE,
	};

	if (opt->tcp_streams) {
		report.extra[0] = report.levels[0];
		report.extra[1] = report.levels[1];
		report.levels[0] = &listing_tcp_stream;
		report.levels[1] = NULL;
		batch.nothing = "no TCP packets in this capture";
		batch.says_all = true;
	}
	return batch_main(&batch);
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case 's': opt->tree = true; break;
	case 't': opt->tcp_streams = true; break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-ls",
	.operands = "CAPTURE...",
	.summary = "List the Multipath TCP connections of captures.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT | CLI_CONNECTION,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .tree = false };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
