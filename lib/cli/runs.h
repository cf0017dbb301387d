/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runs.h - draw distributions of many captures, one run each, in one picture.
 */
#ifndef CLI_RUNS_H
#define CLI_RUNS_H

#include "cli/choose.h"

/*
 * Draw the distribution of each capture from cli->argv[first] on, or of each
 * two of them if the kind needs both ends.  A capture without data to draw is
 * reported and left out, unless no others are left.
 */
enum exit_status runs_draw(const struct cli *cli, int first,
			   const struct plot_kind *kind,
			   const struct plot *plot,
			   const struct plot_look *look, const char *path);

#endif
