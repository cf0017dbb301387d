/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink.h - the interface of output formats; used by report.c and the formats
 * only.
 *
 * A pick is a column that was chosen.  The same name may exist in row types of
 * several levels; with "leaves" each pick belongs to one level.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "output/report.h"

struct pick {
	char *name; /* owned by the report */
	/* by level; NULL: the level lacks it */
	const struct column *at[REPORT_LEVELS];
};

struct sink {
	/*
	 * All receive the "state" that open() returned.  capture(), close()
	 * and flush() may be NULL.
	 */
	void *(*open)(const struct report_options *options,
		      const struct pick *picks, size_t n);
	void (*capture)(void *state, const struct capture_info *info);
	void (*row)(void *state, int level, const struct row_type *type,
		    const void *row);
	void (*close)(void *state); /* write what is left */
	void (*free)(void *state);
	void (*flush)(void *state); /* rows so far are complete: write them */
	/* As report_options.text: it sorts its lines as --sort says, and adds
	   the columns of "-o +COLUMN". */
	bool is_table;
};

/* The deepest level of the chosen columns. */
int pick_depth(const struct pick *picks, size_t n);

/* With "leaves": the level of the rows that become lines. */
int report_depth(const struct report_options *options, const struct pick *picks,
		 size_t n);

/* Find the columns with the pick's name; false: there are none. */
bool pick_find(const struct report_options *options, struct pick *pick);

/*
 * The same for --sort, which also takes the heading of a column in the table,
 * in whatever case, if no other column has it.
 */
bool pick_find_key(const struct report_options *options, struct pick *pick);

/* With "leaves": the pick's column. */
const struct column *pick_column(const struct pick *pick);

extern const struct sink sink_table, sink_tsv, sink_csv, sink_json, sink_jsonl,
	sink_lines;

#endif
