/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail_option.h - "--fail-on WORDS" and "--list-causes", which names the causes
 * that there are.
 */
#ifndef CLI_FAIL_OPTION_H
#define CLI_FAIL_OPTION_H

#include "check/fail_on.h"
#include "cli/options.h"

/* For cli_command.option: take the argument. */
bool fail_option_take(struct fail_on *what, struct cli *cli);

/* A line for each question and cause that it can have. */
enum exit_status fail_option_list(void);

/* For cli_command.word; valid until the next one is asked for. */
const char *fail_option_word(int i);

#endif
