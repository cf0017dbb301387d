/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink.h - what a format implements; between report.c and the formats only.
 *
 * A pick is one column of the output.  A name may be found in the rows of
 * several levels; with "leaves" each pick is of one level.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "output/report.h"

struct pick {
	char *name;				/* owned by the report */
	const struct column *at[REPORT_LEVELS]; /* NULL: does not apply */
};

struct sink {
	/* All are given the "state" that open() returned; capture() and close()
	   are NULL where there is nothing to do. */
	void *(*open)(const struct report_options *options,
		      const struct pick *picks, size_t n);
	void (*capture)(void *state, const struct capture_info *info);
	void (*row)(void *state, int level, const struct row_type *type,
		    const void *row);
	void (*close)(void *state); /* write the rest */
	void (*free)(void *state);
};

/* The deepest level that a column was picked of. */
int pick_depth(const struct pick *picks, size_t n);

/* With "leaves": the column, whatever its level. */
const struct column *pick_column(const struct pick *pick);

extern const struct sink sink_table, sink_tsv, sink_csv, sink_json, sink_jsonl;

#endif
