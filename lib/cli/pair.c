/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pair.h"

#include <err.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/progress.h"

static int is_same(const char *const path[2])
{
	struct stat a, b;

	if (strcmp(path[0], path[1]) == 0)
		return 1;
	return stat(path[0], &a) == 0 && stat(path[1], &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void warn_of(const struct trace *trace)
{
	for (size_t k = 0; k < trace->info.warnings.n; k++)
		cli_warn(trace->info.path, trace->info.warnings.items[k]);
}

enum exit_status pair_load_some(const struct cli *cli, char *const path[],
				size_t n, struct trace trace[2])
{
	const char *const two[2] = { path[0], n == 2 ? path[1] : NULL };
	struct input input = { .tshark = NULL };
	struct error err = ERROR_INIT;
	struct progress progress;
	enum exit_status status = EXIT_OK;
	int rc = 0;

	if (n == 2 && is_same(two)) {
		error_set(&err, EXIT_INPUT,
			  "'%s' and '%s' are the same capture: give those of "
			  "both ends",
			  path[0], path[1]);
		return cli_error(EXIT_OK, &err);
	}
	cli_input(cli, &input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, &input);
	rc = n == 2 ? trace_load_two(trace, &input, two, &err) :
		      trace_load(&trace[0], &input, path[0], &err);
	progress_erase(&progress);
	if (rc < 0)
		status = cli_error(EXIT_OK, &err);
	input_release(&input);
	for (size_t i = 0; status == EXIT_OK && i < n; i++)
		warn_of(&trace[i]);
	return status;
}

enum exit_status pair_load(const struct cli *cli, const char *const path[2],
			   struct trace trace[2])
{
	return pair_load_some(cli, (char *const *)(uintptr_t)path, 2, trace);
}
