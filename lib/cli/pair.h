/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pair.h - read the two captures that a command compares.
 */
#ifndef CLI_PAIR_H
#define CLI_PAIR_H

#include "cli/options.h"
#include "model/trace.h"

/*
 * Both at the same time, with their warnings on stderr.  Both traces are to be
 * released when it returns EXIT_OK, none else.  One file given twice is
 * refused: it would be its own other end.
 */
enum exit_status pair_load(const struct cli *cli, const char *const path[2],
			   struct trace trace[2]);

/* The same for one capture or two: trace[0], and trace[1] if there is. */
enum exit_status pair_load_some(const struct cli *cli, char *const path[],
				size_t n, struct trace trace[2]);

#endif
