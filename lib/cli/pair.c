/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pair.h"

#include <err.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/load.h"
#include "cli/progress.h"

static int is_same(const char *const path[2])
{
	struct stat a, b;

	if (strcmp(path[0], path[1]) == 0)
		return 1;
	return stat(path[0], &a) == 0 && stat(path[1], &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void warn_of(const struct trace *t)
{
	for (size_t k = 0; k < t->info.warnings.n; k++)
		cli_warn(t->info.path, t->info.warnings.items[k]);
}

enum exit_status pair_load_one(const struct cli *cli, const char *path,
			       struct trace *trace)
{
	struct input input = { .tshark = NULL };
	struct error err = ERROR_INIT;
	struct progress progress;
	enum exit_status status = EXIT_OK;

	cli_input(cli, &input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, &input);
	if (load_trace(cli, &input, path, LOAD_SELECTED, trace, &err) < 0) {
		progress_erase(&progress);
		status = cli_error(EXIT_OK, &err);
	}
	progress_erase(&progress);
	input_release(&input);
	if (status == EXIT_OK)
		warn_of(trace);
	return status;
}

enum exit_status pair_load_portions(const struct cli *cli, const char *path,
				    struct input *input,
				    struct portions *portions,
				    struct trace *trace)
{
	struct error err = ERROR_INIT;
	struct progress progress;
	int rc = 0;

	*input = (struct input){ .tshark = NULL };
	cli_input(cli, input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, input);
	rc = load_portions(cli, input, path, portions, trace, &err);
	progress_erase(&progress);
	input->progress = NULL; /* it goes with this function */
	if (rc < 0) {
		input_release(input);
		return cli_error(EXIT_OK, &err);
	}
	warn_of(trace);
	return EXIT_OK;
}

enum exit_status pair_load(const struct cli *cli, const char *const path[2],
			   struct trace trace[2])
{
	struct input input = { .tshark = NULL };
	struct error err = ERROR_INIT;
	struct progress progress;
	enum exit_status status = EXIT_OK;

	if (is_same(path)) {
		error_set(&err, EXIT_INPUT,
			  "'%s' and '%s' are the same capture: give those of "
			  "both ends",
			  path[0], path[1]);
		return cli_error(EXIT_OK, &err);
	}
	cli_input(cli, &input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, &input);
	if (trace_load_two(trace, &input, path, &err) < 0) {
		progress_erase(&progress);
		status = cli_error(EXIT_OK, &err);
	}
	progress_erase(&progress);
	input_release(&input);
	for (int i = 0; status == EXIT_OK && i < 2; i++)
		warn_of(&trace[i]);
	return status;
}

enum exit_status pair_main(const struct cli *cli, struct report_options *report,
			   pair_fn *fn, void *ctx)
{
	struct trace trace[2];
	const char *path[2] = { NULL, NULL };
	enum exit_status status = EXIT_OK;

	cli_report(cli, report);
	if (cli->common.list_columns)
		return cli_columns(report);
	if (cli->argc - optind != 2)
		return cli_usage(cli, "give two captures");
	path[0] = cli->argv[optind];
	path[1] = cli->argv[optind + 1];
	status = pair_load(cli, path, trace);
	if (status != EXIT_OK)
		return status;
	status = fn(ctx, report, trace);
	trace_release(&trace[0]);
	trace_release(&trace[1]);
	return status;
}
