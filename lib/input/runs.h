/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runs.h - where in the cache's file of rows the rows of a TCP stream are.
 *
 * The rows are not in the order of the capture there: a run is a piece of the
 * file with rows of one stream, in their order.  The index says of each run
 * where it begins and what its hash is; it is a table of comma-separated
 * values, too.  So the rows of some streams can be read, and checked, without
 * the others, and those of all in the order of the capture.
 *
 * A struct runs owns its items.
 */
#ifndef INPUT_RUNS_H
#define INPUT_RUNS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "input/row.h"
#include "input/rowcsv.h"

struct run {
	uint32_t stream;      /* as in its rows */
	uint32_t first_frame; /* of its first row */
	uint32_t rows;
	uint64_t offset, bytes; /* in the file of rows */
	uint64_t hash;		/* XXH3-64 of these bytes */
};

struct runs {
	struct run *items; /* by stream, then offset */
	size_t n, cap;
};

void runs_release(struct runs *runs);

/* The index as text, and back; -1: that is no index. */
void runs_print(const struct runs *runs, struct strbuf *out);
int runs_parse(struct runs *runs, const char *text, size_t n)
	__attribute__((warn_unused_result));

/*
 * The runs of these streams (ascending numbers), to be released as well.
 * Streams without any are no error.
 */
void runs_select(const struct runs *runs, const uint32_t *streams, size_t n,
		 struct runs *out);

/* Do the bytes in the file agree with the hashes? */
int runs_agree(const struct runs *runs, int fd);

enum runs_result {
	RUNS_STOPPED = -2, /* "fn" failed */
	RUNS_BAD = -1,	   /* the file is not what the index says: the rows
			      that were handed out are right, but not all */
	RUNS_READ = 0
};

/* Hand the rows to "fn", in the order of the capture; "rows" counts them. */
enum runs_result runs_read(const struct runs *runs, int fd, row_fn *fn,
			   void *ctx, uint64_t *rows, struct error *err);

/* Rows on their way into the file, some of each stream at a time. */
struct runs_writer {
	struct runs runs;
	struct rowcsv csv;
	FILE *out;		   /* the caller's */
	struct pending *by_stream; /* owned */
	size_t cap;
	size_t waiting; /* bytes */
	uint64_t size;	/* bytes written */
	uint64_t rows;	/* put */
	int failed;	/* errno of the first write that failed */
};

void runs_writer_init(struct runs_writer *w, FILE *out);
void runs_writer_release(struct runs_writer *w);
void runs_put(struct runs_writer *w, const struct row *row);

/* Write what waits; then w->runs is the index. */
void runs_flush(struct runs_writer *w);

#endif
