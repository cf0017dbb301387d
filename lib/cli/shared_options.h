/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shared_options.h - for options.h: the options that commands share, by
 * groups; sets cli.common
 */
#ifndef CLI_SHARED_OPTIONS_H
#define CLI_SHARED_OPTIONS_H

#include "cli/options.h"

enum {
	SHARED_GROUPS = 13,
	SHARED_COMPLETION = 0x2000 /* the letter of --help-completion */
};

/* The tables that apply to the command, its own first; NULL: does not apply. */
void shared_options_of(const struct cli_command *c,
		       const struct opt_spec *tables[SHARED_GROUPS]);

/*
 * Take one of them, with its argument in optarg. 1: done; 0: not one of these;
 * -1: invalid argument, cli->status is set.
 */
int shared_options_take(struct cli *cli, int letter);

/*
 * Call after all options: applies environment variables for options that were
 * not given.  -1: cli->status is set.
 */
int shared_options_finish(struct cli *cli);

#endif
