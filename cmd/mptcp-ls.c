/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-ls - list the Multipath TCP connections of captures. */
#include <err.h>
#include <getopt.h>
#include <locale.h>
#include <string.h>

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/select.h"
#include "model/account.h"
#include "model/trace.h"
#include "os/cleanup.h"
#include "output/listing.h"
#include "output/report.h"

static const struct opt_spec specs[] = {
	{ 's', "subflows", NULL, "list subflows below their connection" },
	{ 't', "tcp-streams", NULL, "list all TCP streams instead" },
	{ 'c', "connection", "ID", "only this connection; or 0xTOKEN" },
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-ls",
	.operands = "CAPTURE...",
	.summary = "List the Multipath TCP connections of captures.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT,
	.specs = specs,
};

struct options {
	struct cli cli;
	struct select select;
	int tree;
	int tcp_streams;
	char **captures;
	int n_captures;
};

static void describe_report(const struct options *opt,
			    struct report_options *out)
{
	memset(out, 0, sizeof(*out));
	out->schema = "mptcp-ls/1";
	out->tool = "mptcp-ls " MPTCPTOOLS_VERSION;
	out->tree = opt->tree;
	out->several = opt->n_captures > 1;
	out->levels[0] = &listing_connection;
	out->levels[1] = &listing_subflow;
	if (opt->tcp_streams) {
		out->levels[0] = &listing_tcp_stream;
		out->levels[1] = NULL;
		out->extra[0] = &listing_connection;
		out->extra[1] = &listing_subflow;
	}
	cli_report(&opt->cli, out);
}

static size_t list_connections(const struct options *opt, struct report *report,
			       struct listing_row row)
{
	const struct trace *trace = row.trace;
	size_t listed = 0;

	for (size_t i = 0; i < trace->n_connections; i++) {
		const struct connection *conn = &trace->connections[i];

		if (!select_wants(&opt->select, conn))
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
	const struct trace *trace = row.trace;
	size_t listed = 0;

	for (size_t i = 0; i < trace->n_streams; i++) {
		long c = trace->streams[i].connection;

		row.stream = &trace->streams[i];
		row.conn = c < 0 ? NULL : &trace->connections[c];
		if (opt->select.n &&
		    !(row.conn && select_wants(&opt->select, row.conn)))
			continue;
		report_row(report, 0, &listing_tcp_stream, &row);
		listed++;
	}
	return listed;
}

/* Adds to *listed; returns the exit status for this capture. */
static enum exit_status list_trace(const struct options *opt,
				   struct report *report,
				   const struct trace *trace, size_t capture,
				   size_t *listed)
{
	struct listing_row row = { .trace = trace, .capture = capture };
	struct error err = ERROR_INIT;
	size_t connections = 0, streams = 0;

	for (size_t i = 0; i < trace->info.warnings.n; i++)
		warnx("'%s': %s", trace->info.path,
		      trace->info.warnings.items[i]);
	report_capture(report, &trace->info);
	if (select_check(&opt->select, trace, &err) < 0)
		return cli_error(EXIT_OK, &err);
	connections = list_connections(opt, report, row);
	if (opt->tcp_streams)
		streams = list_streams(opt, report, row);
	if (opt->tcp_streams && !streams)
		warnx("'%s': no TCP in this capture", trace->info.path);
	else if (!opt->tcp_streams && !connections)
		warnx("'%s': no Multipath TCP in this capture",
		      trace->info.path);
	*listed += opt->tcp_streams ? streams : connections;
	return EXIT_OK;
}

static enum exit_status run(const struct options *opt)
{
	struct report_options description;
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	struct input input = { .tshark = NULL };
	struct progress progress;
	enum exit_status status = EXIT_OK, one = EXIT_OK;
	size_t capture = 0, listed = 0;

	describe_report(opt, &description);
	report = report_open(&description, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	cli_input(&opt->cli, &input);
	progress_init(&progress, opt->cli.common.quiet);
	progress_attach(&progress, &input);
	for (int i = 0; i < opt->n_captures; i++) {
		struct trace trace;
		int rc = trace_load(&trace, &input, opt->captures[i], &err);

		progress_erase(&progress);
		if (rc < 0) {
			status = cli_error(status, &err);
			continue;
		}
		account_all(&trace);
		one = list_trace(opt, report, &trace, capture++, &listed);
		status = one > status ? one : status;
		trace_release(&trace);
	}
	if (report_close(report, &err) < 0)
		status = cli_error(status, &err);
	input_release(&input);
	if (status == EXIT_OK && !listed && opt->cli.common.fail_empty)
		status = EXIT_NOTHING;
	return status;
}

static enum exit_status list_columns(const struct options *opt)
{
	struct report_options description;
	struct error err = ERROR_INIT;

	describe_report(opt, &description);
	report_list_columns(&description);
	return report_flush(&err) < 0 ? cli_error(EXIT_OK, &err) : EXIT_OK;
}

/* Returns CLI_END when there is work to do. */
static int parse(struct options *opt, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	int c = 0;

	cli_init(&opt->cli, &command, argc, argv);
	while ((c = cli_next(&opt->cli)) != CLI_END) {
		switch (c) {
		case 's': opt->tree = 1; break;
		case 't': opt->tcp_streams = 1; break;
		case 'c':
			if (select_add(&opt->select, optarg, &err) == 0)
				break;
			opt->cli.status = cli_usage(&opt->cli, "%s", err.text);
			return CLI_EXIT;
		default: return c;
		}
	}
	opt->captures = argv + optind;
	opt->n_captures = argc - optind;
	if (opt->n_captures > 0 || opt->cli.common.list_columns)
		return CLI_END;
	opt->cli.status = cli_usage(&opt->cli, "no capture given");
	return CLI_EXIT;
}

int main(int argc, char **argv)
{
	struct options opt = { .select = SELECT_INIT };
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	if (parse(&opt, argc, argv) != CLI_END)
		status = opt.cli.status;
	else if (opt.cli.common.list_columns)
		status = list_columns(&opt);
	else
		status = run(&opt);
	select_release(&opt.select);
	cli_release(&opt.cli);
	return (int)status;
}
