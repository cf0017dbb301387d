/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choose.h - the one connection, stream and direction that is drawn.
 */
#ifndef CLI_CHOOSE_H
#define CLI_CHOOSE_H

#include <stdbool.h>

#include "cli/options.h"
#include "cli/plot_file.h"
#include "plot/plot.h"

/* The kinds of plots, on stdout. */
enum exit_status choose_list(void);

/* The kind of that name; else say which there are. */
enum exit_status choose_kind(const struct cli *cli, const char *name,
			     const struct plot_kind **kind);

/* Does what was asked for go together, with "n" captures?  If not, say so. */
enum exit_status choose_check(const struct cli *cli,
			      const struct plot_kind *kind,
			      const struct plot *plot, bool each, int n);

/*
 * Draw what -c, -t and --towards ask for, or each of the connections that they
 * allow.  Without them, the connection that sent most, which is named on stderr
 * when there are others, and the direction with more bytes.  "plot" has its
 * captures, and what does not depend on the choice.
 */
int choose_and_draw(const struct cli *cli, const struct plot_kind *kind,
		    struct plot *plot, const struct plot_look *look,
		    const struct plot_file *file, struct error *err)
	__attribute__((warn_unused_result));

#endif
