/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot_file.h - where a plot goes: into a file, to the terminal, or to the
 * viewer of the desktop.
 */
#ifndef CLI_PLOT_FILE_H
#define CLI_PLOT_FILE_H

#include <stdbool.h>

#include "cli/options.h"
#include "plot/plot.h"

struct plot_file {
	const char *path; /* NULL: the terminal, or a new file to display */
	int format;	  /* enum chart_format; -1: what the path ends in */
	bool each;	  /* all connections; "path" has a %d, their number */
	bool display;	  /* by a viewer */
	char *made; /* the path of a new file to display, or NULL; owned */
};

/*
 * Is it known where the plot goes, and as what?  If not, say so; else fill in
 * file->path and file->format, and what of "look" depends on them.
 */
enum exit_status plot_file_check(const struct cli *cli, struct plot_file *file,
				 struct plot_look *look);

/* Show the file, if that was asked for and "status", that of drawing it, is
   EXIT_OK; "file" is released. */
enum exit_status plot_file_done(const struct cli *cli, struct plot_file *file,
				enum exit_status status);

#endif
