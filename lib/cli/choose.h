/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choose.h - for mptcp-plot: choose the connection, stream and direction to
 * draw.
 */
#ifndef CLI_CHOOSE_H
#define CLI_CHOOSE_H

#include <stdbool.h>

#include "cli/options.h"
#include "cli/plot_file.h"
#include "plot/plot.h"

/* Print the kinds of plots on standard output. */
enum exit_status choose_list(void);

/* Find the kind with this name; if there is none, print the existing ones. */
enum exit_status choose_kind(const struct cli *cli, const char *name,
			     const struct plot_kind **kind);

/*
 * Check that the options fit together for "n" captures; prints an error if
 * not.
 */
enum exit_status choose_check(const struct cli *cli,
			      const struct plot_kind *kind,
			      const struct plot *plot, bool each, int n);

/*
 * Set connection, stream and direction from -c, -t and --towards, with the
 * defaults of choose_and_draw().
 */
int choose_one(const struct cli *cli, const struct plot_kind *kind,
	       struct plot *plot, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Draw what -c, -t and --towards select, or each of the selected connections.
 * Default: the connection that sent most, which is named on standard error if
 * there are others, and the direction with more bytes.  "plot" must have its
 * captures and all settings that do not depend on the choice.
 */
int choose_and_draw(const struct cli *cli, const struct plot_kind *kind,
		    struct plot *plot, const struct plot_look *look,
		    const struct plot_file *file, struct error *err)
	__attribute__((warn_unused_result));

#endif
