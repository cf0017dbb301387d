/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - the rows of captures that were read before.
 *
 * Per capture there are these files, named after it and after the SHA-256 of
 * its real path: KEY.csv holds the rows, one line each under a line of column
 * names, and KEY.index.csv says where in it those of each TCP stream are, with
 * their hashes (runs.h); KEY.json says what they were made from (the capture's
 * size, time of last change and inode, the versions of tshark, of the field
 * table and of this program) and holds the size of KEY.csv and the XXH3-64 hash
 * of the index and of all counts.  KEY.listing.csv, when it is there, is what
 * was made of the rows.  The cache answers only when all of it agrees, and then
 * sets the time of KEY.json to now. Anyone may delete any of these files any
 * time.
 *
 *	if (cache_open(&c, dir, path, &id, tshark_version, &err) == 0 &&
 *	    cache_read(&c, fn, ctx, info, &err) == 0 &&	// not there
 *	    cache_lock(&c, &err) == 0 && cache_begin(&c, &err) == 0) {
 *		for each row: cache_put(&c, row);
 *		cache_commit(&c, info, &err);
 *	}
 *	cache_release(&c);
 *
 * A struct cache owns what it points to.
 */
#ifndef INPUT_CACHE_H
#define INPUT_CACHE_H

#include "base/error.h"
#include "base/strbuf.h"
#include "input/capture.h"
#include "input/row.h"
#include "input/runs.h"
#include "os/file.h"
#include "os/lock.h"

#ifndef MPTCPTOOLS_VERSION
#define MPTCPTOOLS_VERSION "0.1.0"
#endif

struct cache_writer;
struct manifest;

struct cache {
	char *real;	   /* real path of the capture */
	char *tshark;	   /* version of tshark */
	struct file_id id; /* of the capture */
	uint64_t rows_id;  /* of the rows that were committed */
	char *csv;	   /* names of the files */
	char *json;
	char *index;
	char *listing;
	char *lockfile;
	struct lock lock;
	struct cache_writer *writer; /* between begin and commit */
};

struct cache_rows {
	int fd; /* of the file of rows */
	struct runs runs;
	uint64_t rows_id; /* of capture_info */
};

/*
 * The cache directory, made when it is missing: "wanted" when not NULL, else
 * $XDG_CACHE_HOME/mptcptools, else $HOME/.cache/mptcptools.  To be freed by the
 * caller; NULL and "err" when there is none.
 */
char *cache_directory(const char *wanted, struct error *err);

/* Its name only; what is missing is not made. */
char *cache_directory_name(const char *wanted, struct error *err);

/*
 * Name the files that belong to the regular file "path", now with "id".  The
 * version of tshark is NULL when rows of any will do; they are only read then.
 */
int cache_open(struct cache *c, const char *dir, const char *path,
	       const struct file_id *id, const char *tshark_version,
	       struct error *err) __attribute__((warn_unused_result));

/* Release lock and memory; what was not committed is dropped. */
void cache_release(struct cache *c);

/*
 * Hand the stored rows to "fn" and fill "info" (all but the path): 1 when they
 * were there, 0 when not (damaged files are removed), -1 when "fn" failed or
 * when the file went bad after rows had been handed out.
 */
int cache_read(struct cache *c, row_fn *fn, void *ctx,
	       struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The rows kept open, to read those of some streams, and then of others: 1, or
 * 0 when they are not there.
 */
int cache_open_rows(const struct cache *c, struct cache_rows *rows)
	__attribute__((warn_unused_result));

/*
 * Hand the rows of these streams (ascending numbers; NULL: of all) to "fn", in
 * the order of the capture: 1; 0 when the files are damaged, and some rows may
 * be missing; -1 when "fn" failed.
 */
int cache_rows_read(const struct cache_rows *rows, const uint32_t *streams,
		    size_t n, row_fn *fn, void *ctx, struct error *err)
	__attribute__((warn_unused_result));
void cache_rows_close(struct cache_rows *rows);

/*
 * What somebody made of the rows that the cache has now, as lines of text: 1
 * and *text, to be freed by the caller, with "info" filled; 0: not there.  It
 * is written only while the rows are those with "rows_id" (capture_info).
 */
int cache_read_listing(struct cache *c, struct capture_info *info, char **text,
		       size_t *n) __attribute__((warn_unused_result));
int cache_write_listing(struct cache *c, uint64_t rows_id, const char *text,
			size_t n, struct error *err)
	__attribute__((warn_unused_result));

/* Are the rows what the manifest says?  Reads all of them. */
int cache_is_sound(const char *csv, const struct manifest *m);

/* The first line of every file of rows. */
void cache_put_header(struct strbuf *out);

/* Wait until no other process makes the same files; see proc_limit(). */
int cache_lock(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

/* Start to write; under the lock. */
int cache_begin(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

/* Store one more row.  Write errors are kept for cache_commit(). */
void cache_put(struct cache *c, const struct row *row);

/* The files take their names, the manifest last. */
int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err) __attribute__((warn_unused_result));

/* Stop to write; what was written is removed. */
void cache_abandon(struct cache *c);

#endif
