/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path_rows.h - the rows of mptcp-summary --paths: a row for each path, and one
 * of all of them together, which only the text and a JSON document have.
 */
#ifndef OUTPUT_PATH_ROWS_H
#define OUTPUT_PATH_ROWS_H

#include "model/paths.h"
#include "output/report.h"
#include "output/sink.h"

struct path_row {
	enum path_key by;
	const struct path_sums *path;
	const struct path_sums *total; /* what shares are of */
	int64_t busy[2];	       /* ns, by direction */
	struct distribution rtt[2];    /* ns, likewise */
};

extern const struct row_type summary_path;
extern const struct row_type summary_paths_total;

/* For people: each path on a line for each direction. */
extern const struct sink sink_paths;

/* Sorts them. */
void path_rows_report(struct report *report, struct paths *paths);

#endif
