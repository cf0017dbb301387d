/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-summary - where the bytes of Multipath TCP connections went. */
#include <locale.h>

#include "cli/batch.h"
#include "cli/options.h"
#include "model/summary.h"
#include "os/cleanup.h"
#include "output/summary_rows.h"
#include "output/summary_text.h"

static const struct opt_spec specs[] = {
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-summary",
	.operands = "CAPTURE...",
	.summary = "Say where the bytes of Multipath TCP connections went.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT | CLI_CONNECTION |
		  CLI_STREAM | CLI_TOWARDS,
	.specs = specs,
};

static void report_direction(struct report *report, struct summary_row row,
			     const struct direction_summary *direction)
{
	row.direction = direction;
	report_row(report, 1, &summary_direction, &row);
	for (size_t k = 0; k < direction->n_subflows; k++) {
		row.subflow = &direction->subflows[k];
		row.listing.stream = row.subflow->stream;
		report_row(report, 2, &summary_subflow, &row);
	}
}

static size_t report_connections(void *ctx, struct report *report,
				 struct trace *trace, size_t capture)
{
	const struct cli *cli = ctx;
	const struct select *select = &cli->common.select;
	size_t listed = 0;

	for (size_t i = 0; i < trace->n_connections; i++) {
		struct connection *conn = &trace->connections[i];
		struct summary summary;
		struct summary_row row = {
			.listing = { trace, capture, conn, NULL },
			.summary = &summary,
		};

		if (!select_wants(select, conn))
			continue;
		summary_make(trace, conn, &summary);
		report_row(report, 0, &summary_connection, &row);
		for (int d = 0; d < 2; d++)
			if (select_wants_direction(select, (enum direction)d))
				report_direction(report, row,
						 &summary.direction[d]);
		summary_release(&summary);
		listed++;
	}
	return listed;
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
	const struct cli *cli = ctx;
	const struct select *select = &cli->common.select;

	for (size_t i = 0; i < select->n_streams; i++)
		report_stream(report, trace, capture,
			      trace_find_stream(trace, select->streams[i]));
	return select->n_streams;
}

static enum exit_status run(struct cli *cli)
{
	struct report_options report = {
		.schema = "mptcp-summary/1",
		.tool = "mptcp-summary " MPTCPTOOLS_VERSION,
		.leaves = 1,
		.levels = { &summary_connection, &summary_direction,
			    &summary_subflow },
		.text = &sink_summary,
	};
	struct batch batch = {
		.cli = cli,
		.report = &report,
		.rows = report_connections,
		.ctx = cli,
		.nothing = "no Multipath TCP in this capture",
	};

	if (cli->common.select.n_streams) {
		if (cli->common.select.n || cli->common.select.one_way)
			return cli_usage(cli, "-t does not go with -c or "
					      "--towards");
		report.levels[0] = &summary_tcp_stream;
		report.levels[1] = &summary_tcp_direction;
		report.levels[2] = NULL;
		batch.rows = report_streams;
	}
	return batch_main(&batch);
}

int main(int argc, char **argv)
{
	struct cli cli;
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	cli_init(&cli, &command, argc, argv);
	status = cli_next(&cli) == CLI_END ? run(&cli) : cli.status;
	cli_release(&cli);
	return (int)status;
}
