/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowindex.h - the index of cached rows by TCP stream.
 *
 * Rows are in two files: as lines (rowcsv.h), or, in the other file, as places
 * of their packets in the capture (places.h), from which rows are made again
 * (reread.h).  A run is a section of a file with rows of one stream, in order.
 * The index contains the position and hash of each run, as a table of
 * comma-separated values.  So the rows of some streams can be read and
 * verified without the others, and all rows in the order of the capture.
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
	enum run_kind kind;	/* which file contains it */
	uint64_t offset, bytes; /* position in that file */
	uint64_t hash;		/* XXH3-64 of these bytes */
};

struct rowindex {
	struct run *items; /* sorted by stream, kind, offset */
	size_t n, cap;
};

void rowindex_release(struct rowindex *runs);

/* Write the index as text, and parse it; -1: not an index. */
void rowindex_print(const struct rowindex *runs, struct strbuf *out);
int rowindex_parse(struct rowindex *runs, const char *text, size_t n)
	__attribute__((warn_unused_result));

/*
 * The runs of these streams (ascending numbers), to be released, too.  Streams
 * without runs are no error.
 */
void rowindex_select(const struct rowindex *runs, const uint32_t *streams,
		     size_t n, struct rowindex *out);

/* Whether there are runs of this kind. */
bool rowindex_has(const struct rowindex *runs, enum run_kind kind);

/* Open files, usable by several threads; all borrowed. */
struct rowindex_files {
	int fd[RUN_KINDS];
	int capture;
	off_t start; /* where the capture begins */
};

/* Whether the contents of the files agree with the hashes. */
bool rowindex_agree(const struct rowindex *runs,
		    const struct rowindex_files *files);

enum rowindex_result {
	ROWINDEX_STOPPED = -2, /* "fn" failed */
	ROWINDEX_BAD = -1,     /* a file does not agree with the index, or the
				  capture has changed: rows may be missing, or
				  in the latter case wrong */
	ROWINDEX_READ = 0
};

/* Pass the rows to "fn", in the order of the capture; "rows" counts them. */
enum rowindex_result rowindex_read(const struct rowindex *runs,
				   const struct rowindex_files *files,
				   row_fn *fn, void *ctx, uint64_t *rows,
				   struct error *err);

/*
 * Pass only places, in the same order, without reading the capture: it is not
 * checked that these packets still exist.
 */
typedef void place_fn(void *ctx, const struct packet_place *place);
enum rowindex_result rowindex_places(const struct rowindex *runs,
				     const struct rowindex_files *files,
				     place_fn *fn, void *ctx, uint64_t *rows);

/* Append the header of a file of this kind. */
void rowindex_header(enum run_kind kind, struct strbuf *out);

enum {
	ROWINDEX_SPARE = 16 /* buffers kept for reuse */
};

/* Output to one of the files. */
struct rowindex_out {
	FILE *stream;		   /* the caller's */
	uint64_t size;		   /* bytes written */
	struct pending *by_stream; /* owned */
	size_t cap;
	struct strbuf spare[ROWINDEX_SPARE]; /* unused buffers; owned */
	size_t n_spare;
};

/* Collects rows and writes those of each stream in batches. */
struct rowindex_writer {
	struct rowindex runs;
	struct rowcsv csv;
	struct rowindex_out out[RUN_KINDS];
	size_t waiting; /* bytes not yet written */
	uint64_t rows;	/* number of rows added */
	int failed;	/* errno of the first write that failed */
};

void rowindex_writer_init(struct rowindex_writer *w,
			  FILE *const streams[RUN_KINDS]);
void rowindex_writer_release(struct rowindex_writer *w);
void rowindex_put(struct rowindex_writer *w, const struct row *row);

/* Write all remaining rows; afterwards w->runs is the index. */
void rowindex_flush(struct rowindex_writer *w);

#endif
