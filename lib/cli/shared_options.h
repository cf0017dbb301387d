/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shared_options.h - for options.h: the options that commands share, by groups,
 * and what they set in cli.common
 */
#ifndef CLI_SHARED_OPTIONS_H
#define CLI_SHARED_OPTIONS_H

#include "cli/options.h"

enum {
	SHARED_GROUPS = 12,
	SHARED_COMPLETION = 0x2000 /* the letter of --help-completion */
};

/* The tables that apply, the command's own first; NULL: not this one. */
void shared_options_of(const struct cli_command *c,
		       const struct opt_spec *tables[SHARED_GROUPS]);

/* One of them, with its argument in optarg: 1: it is done; 0: that letter is
   none; -1: its argument is wrong, cli->status says it all. */
int shared_options_take(struct cli *cli, int letter);

/* All have been taken: what the environment says, unless an option did; -1:
   cli->status says it all. */
int shared_options_finish(struct cli *cli);

#endif
