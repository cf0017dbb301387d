/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/fail_option.h"

#include <getopt.h>
#include <stdio.h>

#include "check/cause.h"

bool fail_option_take(struct fail_on *what, struct cli *cli)
{
	struct error err = ERROR_INIT;

	if (fail_on_add(what, optarg, &err) < 0)
		return cli_stop(cli, cli_usage(cli, "%s", err.text));
	return true;
}

enum exit_status fail_option_list(void)
{
	for (int q = 0; q < QUESTIONS; q++) {
		const char *word = NULL;

		for (size_t i = 0; (word = cause_word((enum question)q, i));
		     i++)
			printf("%-15s %s\n", question_name((enum question)q),
			       word);
	}
	return cli_flush(EXIT_OK);
}

const char *fail_option_word(int i)
{
	static char word[FAIL_ON_WORD_MAX];

	return fail_on_word((size_t)i, word);
}
