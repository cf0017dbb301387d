/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowindex.h - where in the cache the rows of a TCP stream are.
 *
 * They are in two files: in one as lines (rowcsv.h), in the other only where
 * their packets are in the capture (places.h), from which these are read again
 * (reread.h).  Neither is in the order of the capture: a run is a piece of a
 * file with rows of one stream, in their order.  The index says of each run
 * where it begins and what its hash is; it is a table of comma-separated
 * values.  So the rows of some streams can be read, and checked, without the
 * others, and those of all in the order of the capture.
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
#include "cache/places.h"
#include "row/row.h"
#include "row/rowcsv.h"

enum run_kind {
	RUN_ROWS,
	RUN_PLACES,
	RUN_KINDS
};

struct run {
	uint32_t stream;      /* as in its rows */
	uint32_t first_frame; /* of its first row */
	uint32_t rows;
	enum run_kind kind;	/* which file it is in */
	uint64_t offset, bytes; /* in that file */
	uint64_t hash;		/* XXH3-64 of these bytes */
};

struct rowindex {
	struct run *items; /* by stream, kind, offset */
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

/* Are there runs of this kind? */
bool rowindex_has(const struct rowindex *runs, enum run_kind kind);

/* Open to be read, by several threads; all borrowed. */
struct rowindex_files {
	int fd[RUN_KINDS];
	int capture;
	off_t start; /* where it begins */
};

/* Do the bytes in the files agree with the hashes? */
bool rowindex_agree(const struct rowindex *runs,
		    const struct rowindex_files *files);

enum rowindex_result {
	ROWINDEX_STOPPED = -2, /* "fn" failed */
	ROWINDEX_BAD = -1, /* a file is not what the index says, or the capture
			  another one: the rows that were handed out are right
			  in the first case, but not all */
	ROWINDEX_READ = 0
};

/* Hand the rows to "fn", in the order of the capture; "rows" counts them. */
enum rowindex_result rowindex_read(const struct rowindex *runs,
				   const struct rowindex_files *files,
				   row_fn *fn, void *ctx, uint64_t *rows,
				   struct error *err);

/*
 * Only where they are is told, in the same order, and the capture is not
 * read: that these packets still are there nobody has seen.
 */
typedef void place_fn(void *ctx, const struct packet_place *place);
enum rowindex_result rowindex_places(const struct rowindex *runs,
				     const struct rowindex_files *files,
				     place_fn *fn, void *ctx, uint64_t *rows);

/* Append what a file of this kind begins with. */
void rowindex_header(enum run_kind kind, struct strbuf *out);

enum {
	ROWINDEX_SPARE = 16 /* buffers that are kept for the next runs */
};

/* What goes into one of the files. */
struct rowindex_out {
	FILE *stream;		   /* the caller's */
	uint64_t size;		   /* bytes written */
	struct pending *by_stream; /* owned */
	size_t cap;
	struct strbuf spare[ROWINDEX_SPARE]; /* empty ones; owned */
	size_t n_spare;
};

/* Rows on their way into the files, some of each stream at a time. */
struct rowindex_writer {
	struct rowindex runs;
	struct rowcsv csv;
	struct rowindex_out out[RUN_KINDS];
	size_t waiting; /* bytes */
	uint64_t rows;	/* put */
	int failed;	/* errno of the first write that failed */
};

void rowindex_writer_init(struct rowindex_writer *w,
			  FILE *const streams[RUN_KINDS]);
void rowindex_writer_release(struct rowindex_writer *w);
void rowindex_put(struct rowindex_writer *w, const struct row *row);

/* Write what waits; then w->runs is the index. */
void rowindex_flush(struct rowindex_writer *w);

#endif
