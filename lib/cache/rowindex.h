/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowindex.h - where in the cache's file of rows the rows of a TCP stream are.
 *
 * The rows are not in the order of the capture there: a run is a piece of the
 * file with rows of one stream, in their order.  The index says of each run
 * where it begins and what its hash is; it is a table of comma-separated
 * values, too.  So the rows of some streams can be read, and checked, without
 * the others, and those of all in the order of the capture.
 *
 * A struct rowindex owns its items.
 */
#ifndef CACHE_ROWINDEX_H
#define CACHE_ROWINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "row/row.h"
#include "row/rowcsv.h"

struct run {
	uint32_t stream;      /* as in its rows */
	uint32_t first_frame; /* of its first row */
	uint32_t rows;
	uint64_t offset, bytes; /* in the file of rows */
	uint64_t hash;		/* XXH3-64 of these bytes */
};

struct rowindex {
	struct run *items; /* by stream, then offset */
	size_t n, cap;
};

void rowindex_release(struct rowindex *runs);

/* The index as text, and back; -1: that is no index. */
void rowindex_print(const struct rowindex *runs, struct strbuf *out);
int rowindex_parse(struct rowindex *runs, const char *text, size_t n)
	__attribute__((warn_unused_result));

/*
 * The runs of these streams (ascending numbers), to be released as well.
 * Streams without any are no error.
 */
void rowindex_select(const struct rowindex *runs, const uint32_t *streams,
		     size_t n, struct rowindex *out);

/* Do the bytes in the file agree with the hashes? */
bool rowindex_agree(const struct rowindex *runs, int fd);

enum rowindex_result {
	ROWINDEX_STOPPED = -2, /* "fn" failed */
	ROWINDEX_BAD = -1,     /* the file is not what the index says: the rows
			  that were handed out are right, but not all */
	ROWINDEX_READ = 0
};

/* Hand the rows to "fn", in the order of the capture; "rows" counts them. */
enum rowindex_result rowindex_read(const struct rowindex *runs, int fd,
				   row_fn *fn, void *ctx, uint64_t *rows,
				   struct error *err);

enum {
	ROWINDEX_SPARE = 16 /* buffers that are kept for the next runs */
};

/* Rows on their way into the file, some of each stream at a time. */
struct rowindex_writer {
	struct rowindex runs;
	struct rowcsv csv;
	FILE *out;		   /* the caller's */
	struct pending *by_stream; /* owned */
	size_t cap;
	size_t waiting; /* bytes */
	struct strbuf spare[ROWINDEX_SPARE]; /* empty ones; owned */
	size_t n_spare;
	uint64_t size;	/* bytes written */
	uint64_t rows;	/* put */
	int failed;	/* errno of the first write that failed */
};

void rowindex_writer_init(struct rowindex_writer *w, FILE *out);
void rowindex_writer_release(struct rowindex_writer *w);
void rowindex_put(struct rowindex_writer *w, const struct row *row);

/* Write what waits; then w->runs is the index. */
void rowindex_flush(struct rowindex_writer *w);

#endif
