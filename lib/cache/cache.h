/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - the cache: rows of captures that were read before.
 *
 * For each capture there are these files; KEY consists of the capture's name
 * and the SHA-256 of its real path:
 *
 *	KEY.csv		rows, one line each after a line of column names
 *	KEY.places	for the other rows, where their packets are in the
 *			capture, from which they can be made again
 *	KEY.index.csv	where in these two files the rows of each TCP stream
 *			are, with hashes (rowindex.h)
 *	KEY.json	what they were made from: size, modification time and
 *			inode of the capture; versions of tshark, the field
 *			table and this program; also the sizes of KEY.csv and
 *			KEY.places, and the XXH3-64 hash of the index, of the
 *			capture's identity and of all counts (manifest.h)
 *	KEY.outline.csv	results of the model, optional (load/outline.h)
 *	KEY.lock	exists while a process writes these files
 *
 * The cache is used only if all of this is consistent; the modification time
 * of KEY.json is then set to now.  Anyone may delete any of these files at any
 * time.
 *
 *	if (cache_open(&c, in, &source, &err) == 0 &&
 *	    cache_read(&c, fn, ctx, info, &err) == CACHE_MISS &&
 *	    cache_lock(&c, &err) == 0 &&
 *	    ... look again: another process may have made it ... &&
 *	    cache_begin(&c, &err) == 0) {
 *		for each row: cache_put(&c, row);
 *		cache_commit(&c, info, &err);
 *	}
 *	cache_release(&c);
 *
 * A struct cache owns what it points to, except the first two members.
 * CACHE_INIT is an empty one.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "cache/rowindex.h"
#include "os/lock.h"
#include "read/source.h"
#include "row/row.h"

struct cache_writer;
struct manifest;

struct cache {
	const struct source *source; /* the capture; NULL: no cache */
	const char *directory;	     /* of the cache; borrowed, as the source */
	char *real;		     /* real path of the capture */
	char *tshark;		     /* version of tshark required; NULL: any */
	enum reader_choice reader;   /* which readers may have made the rows */
	bool stale;		     /* ignore existing files (--refresh) */
	uint64_t rows_id; /* identifies the rows that were committed */
	char *csv;	  /* file names */
	char *places;
	char *json;
	char *index;
	char *outline;
	char *lockfile;
	struct lock lock;
	/* between cache_begin() and cache_commit() */
	struct cache_writer *writer;
};

#define CACHE_INIT                                                             \
	{                                                                      \
		.lock = LOCK_INIT                                              \
	}

struct cache_rows {
	const struct source *source; /* the capture, borrowed */
	struct rowindex_files files; /* owned, except the capture */
	struct rowindex index;
};

enum cache_result {
	CACHE_ERROR = -1,
	CACHE_MISS = 0, /* not cached, or damaged */
	CACHE_HIT = 1
};

/*
 * Determine the file names for a source that is a file.  "in" must be
 * prepared; with only_cached, rows from any tshark are accepted.  -1: there is
 * no cache.
 */
int cache_open(struct cache *c, const struct input *in,
	       const struct source *source, struct error *err)
	__attribute__((warn_unused_result));

/* Release lock and memory; uncommitted files are removed. */
void cache_release(struct cache *c);

/* Whether files can be created in its directory. */
bool cache_is_writable(const struct cache *c);

/*
 * Pass all cached rows to "fn" and fill "info", which must be initialised,
 * except its path.  CACHE_MISS: there are none, or they are damaged, and then
 * removed if locked.  CACHE_ERROR: "fn" failed; or the files turned out to be
 * bad, or the capture changed, after rows had been passed.
 */
enum cache_result cache_read(struct cache *c, row_fn *fn, void *ctx,
			     struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Open the rows to read those of some streams repeatedly.  False unless the
 * cached rows are those identified by "rows_id".
 */
bool cache_open_rows(const struct cache *c, uint64_t rows_id,
		     struct cache_rows *rows)
	__attribute__((warn_unused_result));

/*
 * Pass the rows of these streams (ascending numbers; NULL: all) to "fn", in
 * the order of the capture.  CACHE_MISS: the files are damaged, or the capture
 * has changed, so rows may be missing or wrong.  CACHE_ERROR: "fn" failed.
 */
enum cache_result cache_rows_read(const struct cache_rows *rows,
				  const uint32_t *streams, size_t n, row_fn *fn,
				  void *ctx, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Pass only the places of the rows to "fn", 0 for rows without places; the
 * capture is not read.  CACHE_MISS: as above; discard what was passed.
 */
enum cache_result cache_rows_places(const struct cache_rows *rows,
				    const uint32_t *streams, size_t n,
				    place_fn *fn, void *ctx)
	__attribute__((warn_unused_result));
void cache_rows_close(struct cache_rows *rows);

/*
 * Read or write the outline, a text derived from the cached rows.  Reading
 * returns true with *text, which the caller frees, and "info" filled as by
 * cache_read().  Writing does nothing unless the cached rows are those
 * identified by "rows_id"; errors are ignored, since the outline can be made
 * again.
 */
bool cache_read_outline(const struct cache *c, struct capture_info *info,
			char **text, size_t *n)
	__attribute__((warn_unused_result));
void cache_write_outline(const struct cache *c, uint64_t rows_id,
			 const char *text, size_t n);

/* Whether the rows agree with the manifest.  Reads all of them. */
bool cache_is_sound(const char *csv, const struct manifest *m);

/* Wait until no other process writes these files, at most for proc_limit(). */
int cache_lock(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

#endif
