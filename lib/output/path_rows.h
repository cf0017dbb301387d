/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path_rows.h - the rows of mptcp-summary --paths: one for each path, and a
 * total, which only text and JSON documents contain.
 */
#ifndef OUTPUT_PATH_ROWS_H
#define OUTPUT_PATH_ROWS_H

#include "model/paths.h"
#include "output/report.h"
#include "output/sink.h"

struct path_row {
	enum path_key by;
	const struct path_sums *path;
	const struct path_sums *total; /* the base of shares */
	int64_t busy[2];	       /* ns, by direction */
	struct distribution rtt[2];    /* ns, by direction */
};

extern const struct row_type summary_path;
extern const struct row_type summary_paths_total;

/* Text output: a line for each path and direction. */
extern const struct sink sink_paths;

/* Sort the paths and pass all rows to the report. */
void path_rows_report(struct report *report, struct paths *paths);

#endif
