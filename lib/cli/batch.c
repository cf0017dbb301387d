/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/batch.h"

#include <err.h>
#include <getopt.h>
#include <unistd.h>

#include "cli/progress.h"

/* Is it worth a word that a capture has no rows? */
static int is_odd(const struct batch *b, const struct trace *trace)
{
	return !b->may_be_empty || trace->n_connections == 0 ||
	       isatty(STDOUT_FILENO);
}

/* Adds to *listed; returns the exit status for this capture. */
static enum exit_status list_trace(const struct batch *b, struct report *report,
				   struct trace *trace, size_t capture,
				   size_t *listed)
{
	struct error err = ERROR_INIT;
	size_t rows = 0;

	for (size_t i = 0; i < trace->info.warnings.n; i++)
		warnx("'%s': %s", trace->info.path,
		      trace->info.warnings.items[i]);
	report_capture(report, &trace->info);
	if (select_check(&b->cli->common.select, trace, &err) < 0)
		return cli_error(EXIT_OK, &err);
	rows = b->rows(b->ctx, report, trace, capture);
	if (!rows && is_odd(b, trace))
		warnx("'%s': %s", trace->info.path, b->nothing);
	*listed += rows;
	return EXIT_OK;
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
		struct trace trace;
		int rc = trace_load(&trace, &input, cli->argv[i], &err);

		progress_erase(&progress);
		if (rc < 0) {
			status = cli_error(status, &err);
			continue;
		}
		one = list_trace(b, report, &trace, capture++, &listed);
		status = one > status ? one : status;
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
	struct error err = ERROR_INIT;

	b->report->several = cli->argc - optind > 1;
	cli_report(cli, b->report);
	if (cli->common.list_columns) {
		report_list_columns(b->report);
		return report_flush(&err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
	}
	if (optind >= cli->argc)
		return cli_usage(cli, "no capture given");
	return list_captures(b);
}
