/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink.h - what a format implements; between report.c and the formats only.
 *
 * A pick is one column of the output.  A name may be found in the rows of
 * level 0, of level 1, or both.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "output/report.h"

struct pick {
	const char *name;
	const struct column *at[2]; /* by level; NULL: does not apply */
};

struct sink {
	/* All are given the "state" that open() returned. */
	void *(*open)(const struct report_options *options,
		      const struct pick *picks, size_t n);
	void (*capture)(void *state, const struct capture_info *info);
	void (*row)(void *state, int level, const struct row_type *type,
		    const void *row);
	void (*close)(void *state); /* write the rest */
	void (*free)(void *state);
};

extern const struct sink sink_table, sink_tsv, sink_csv, sink_json, sink_jsonl;

#endif
