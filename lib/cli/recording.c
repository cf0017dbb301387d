/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/recording.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static char *file_in(const char *dir, const char *name)
{
	const size_t n = strlen(dir);
	char *path = mem_printf("%s%s%s", dir,
				n && dir[n - 1] == '/' ? "" : "/", name);

	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* The capture in "path", if it is a recording; else "path". */
static char *capture_of(struct cli *cli, char *path)
{
	char *capture = file_in(path, RECORDING_CAPTURE);

	if (!capture)
		return path;
	strlist_add(&cli->recordings, path);
	strlist_add(&cli->recorded, capture);
	free(capture);
	return cli->recorded.items[cli->recorded.n - 1];
}

void recordings_find(struct cli *cli)
{
	const char *first = cli->command->operands;
	const bool has_kind = strncmp(first + (*first == '['), "CAPTURE", 7);

	if (!(cli->command->groups & CLI_INPUT) || cli->common.merge)
		return;
	for (int i = optind + has_kind; i < cli->argc; i++)
		cli->argv[i] = capture_of(cli, cli->argv[i]);
	for (size_t i = 0; i < cli->common.n_with; i++)
		cli->common.with[i] =
			capture_of(cli, (char *)cli->common.with[i]);
}

char *recording_file(const struct cli *cli, size_t i, const char *name)
{
	return i < cli->recordings.n ? file_in(cli->recordings.items[i], name)
				     : NULL;
}

bool recordings_take(struct cli *cli, const char *name, recording_take_fn *take,
		     void *to)
{
	bool good = true;

	for (size_t i = 0; good && i < cli->recordings.n; i++) {
		char *path = recording_file(cli, i, name);

		good = !path || take(to, cli, path);
		free(path);
	}
	return good;
}
