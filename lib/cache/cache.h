/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - the rows of captures that were read before.
 *
 * Per capture there are these files, named after it and after the SHA-256 of
 * its real path: KEY.csv holds rows, one line each under a line of column
 * names, KEY.places says of the other ones where their packets are in the
 * capture, which makes the row again, and KEY.index.csv says where in these two
 * those of each TCP stream are, with their hashes (rowindex.h); KEY.json says
 * what they were made from (the capture's size, time of last change and inode,
 * the versions of tshark, of the field table and of this program) and holds the
 * sizes of KEY.csv and KEY.places and the XXH3-64 hash of the index, of the
 * capture's identity and of all counts.  KEY.outline.csv, when it is
 * there, is what was made of the rows.  KEY.lock is there while a process makes
 * these.  The cache answers only when all of it agrees, and then sets the time
 * of KEY.json to now.  Anyone may delete any of these files any time.
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
 * A struct cache owns what it points to, but for the first two.  CACHE_INIT is
 * one that has nothing.
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

#ifndef MPTCPTOOLS_VERSION
#define MPTCPTOOLS_VERSION "0.1.0"
#endif

struct cache_writer;
struct manifest;

struct cache {
	const struct source *source; /* the capture; NULL: no cache */
	const char *directory;	     /* borrowed, as is the source */
	char *real;		     /* its real path */
	char *tshark;		     /* version of tshark; NULL: any */
	enum reader_choice reader;   /* who may have made the rows */
	bool stale;	  /* what is there is not wanted (--refresh) */
	uint64_t rows_id; /* of the rows that were committed */
	char *csv;	  /* names of the files */
	char *places;
	char *json;
	char *index;
	char *outline;
	char *lockfile;
	struct lock lock;
	struct cache_writer *writer; /* between begin and commit */
};

#define CACHE_INIT                                                             \
	{                                                                      \
		.lock = LOCK_INIT                                              \
	}

struct cache_rows {
	const struct source *source; /* the capture, borrowed */
	struct rowindex_files files; /* owned, but for the capture */
	struct rowindex index;
};

enum cache_result {
	CACHE_ERROR = -1,
	CACHE_MISS = 0, /* it is not there, or damaged */
	CACHE_HIT = 1
};

/*
 * Name the files that belong to a source that is a file.  "in" is prepared;
 * with only_cached rows of any tshark will do.  -1: there is no cache.
 */
int cache_open(struct cache *c, const struct input *in,
	       const struct source *source, struct error *err)
	__attribute__((warn_unused_result));

/* Release lock and memory; what was not committed is dropped. */
void cache_release(struct cache *c);

/* May files be made in its directory? */
bool cache_is_writable(const struct cache *c);

/*
 * Hand the stored rows to "fn" and fill "info", which is initialised, but for
 * its path.  CACHE_MISS: there are none, or they are damaged: then they are
 * removed under the lock.  CACHE_ERROR: "fn" failed, or the files went bad, or
 * the capture was changed, after rows had been handed out.
 */
enum cache_result cache_read(struct cache *c, row_fn *fn, void *ctx,
			     struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The rows kept open, to read those of some streams, and then of others; when
 * they are those with the "rows_id" of a capture_info.
 */
bool cache_open_rows(const struct cache *c, uint64_t rows_id,
		     struct cache_rows *rows)
	__attribute__((warn_unused_result));

/*
 * Hand the rows of these streams (ascending numbers; NULL: of all) to "fn", in
 * the order of the capture.  CACHE_MISS: the files are damaged, or the capture
 * was changed since it was opened, and some rows may be missing, or others.
 * CACHE_ERROR: "fn" failed.
 */
enum cache_result cache_rows_read(const struct cache_rows *rows,
				  const uint32_t *streams, size_t n, row_fn *fn,
				  void *ctx, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Tell "fn" only where they are, 0 where rows are kept instead: the capture is
 * not read.  CACHE_MISS as above: what was told is not to be used.
 */
enum cache_result cache_rows_places(const struct cache_rows *rows,
				    const uint32_t *streams, size_t n,
				    place_fn *fn, void *ctx)
	__attribute__((warn_unused_result));
void cache_rows_close(struct cache_rows *rows);

/*
 * What somebody made of the rows that the cache has now, as lines of text: true
 * and *text, to be freed by the caller, with "info" filled as by cache_read().
 * It is written only while the rows are those with "rows_id" (capture_info);
 * where that fails the next one has more to do, and that is all.
 */
bool cache_read_outline(const struct cache *c, struct capture_info *info,
			char **text, size_t *n)
	__attribute__((warn_unused_result));
void cache_write_outline(const struct cache *c, uint64_t rows_id,
			 const char *text, size_t n);

/* Are the rows what the manifest says?  Reads all of them. */
bool cache_is_sound(const char *csv, const struct manifest *m);

/* Wait until no other process makes the same files; see proc_limit(). */
int cache_lock(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

#endif
