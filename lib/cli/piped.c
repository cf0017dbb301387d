/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/piped.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/*
 * The number of operands before the first capture; -1: the command works
 * without one, or needs two.
 */
static int words_before(const struct cli_command *c)
{
	const char *capture = strstr(c->operands, "CAPTURE");

	if (strstr(c->operands, "SOURCE"))
		return 0;
	if (!(c->groups & CLI_INPUT) || !capture || c->operands[0] == '[' ||
	    strstr(capture, " CAPTURE"))
		return -1;
	return capture > c->operands;
}

static bool is_piped(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ||
		S_ISSOCK(st.st_mode));
}

void piped_take(struct cli *cli)
{
	static char name[] = "-";

	if (cli->argc - optind != words_before(cli->command) ||
	    cli->common.live.interfaces.n || !is_piped(STDIN_FILENO))
		return;
	cli->piped = mem_calloc((size_t)cli->argc + 2, sizeof(*cli->piped));
	memcpy(cli->piped, cli->argv, (size_t)cli->argc * sizeof(*cli->argv));
	cli->piped[cli->argc++] = name;
	cli->argv = cli->piped;
}
