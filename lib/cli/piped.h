/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * piped.h - for options.h: read standard input if one capture is expected,
 * none is given, and standard input is a file or a pipe
 */
#ifndef CLI_PIPED_H
#define CLI_PIPED_H

#include "cli/options.h"

/* In that case append "-" to cli->argv. */
void piped_take(struct cli *cli);

#endif
