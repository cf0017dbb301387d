/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot_file.h - the destination of a plot: a file, the terminal, or the
 * desktop's viewer.
 */
#ifndef CLI_PLOT_FILE_H
#define CLI_PLOT_FILE_H

#include <stdbool.h>

#include "cli/options.h"
#include "plot/plot.h"

struct plot_file {
	const char *path; /* NULL: the terminal, or a new file to display */
	int format;	  /* enum chart_format; -1: by the suffix of the path */
	bool each;    /* all connections; "path" has a %d for their number */
	bool display; /* show it with a viewer */
	char *made;   /* new file to display, or NULL; owned */
};

/*
 * Determine destination and format: fills file->path and file->format, and
 * what depends on them in "look".  Prints an error if they are unknown.
 */
enum exit_status plot_file_check(const struct cli *cli, struct plot_file *file,
				 struct plot_look *look);

/*
 * Display the file if requested and "status", the result of drawing, is
 * EXIT_OK.  Releases "file".
 */
enum exit_status plot_file_done(const struct cli *cli, struct plot_file *file,
				enum exit_status status);

#endif
