/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail_option.h - the options "--fail-on WORDS" and "--list-causes".
 */
#ifndef CLI_FAIL_OPTION_H
#define CLI_FAIL_OPTION_H

#include "check/fail_on.h"
#include "cli/options.h"

/* Take the argument of --fail-on, for cli_command.option. */
bool fail_option_take(struct fail_on *what, struct cli *cli);

/* Print a line for each question with its causes. */
enum exit_status fail_option_list(void);

/* The i-th word, for cli_command.word; valid until the next call. */
const char *fail_option_word(int i);

#endif
