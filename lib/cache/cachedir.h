/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cachedir.h - list, check and clean up the cache directory: mptcp-cache.
 *
 *	struct cachedir dir;
 *	if (cachedir_scan(&dir, path, &err) < 0) ...
 *	for (size_t i = 0; i < dir.n; i++) ... dir.entries[i] ...
 *	cachedir_release(&dir);
 *
 * Files that do not belong to the cache, by name and content, are neither
 * listed nor touched; symbolic links are not followed.  Entries that another
 * process is writing are left alone.  A struct cachedir owns everything in it.
 */
#ifndef CACHE_CACHEDIR_H
#define CACHE_CACHEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum cache_state {
	CACHE_CURRENT,	/* the capture is unchanged */
	CACHE_CHANGED,	/* the capture has changed */
	CACHE_GONE,	/* the capture no longer exists */
	CACHE_OUTDATED, /* made by another version of this program */
	CACHE_DAMAGED,	/* the files are inconsistent */
	CACHE_LEFTOVER	/* left behind by a killed process */
};

const char *cache_state_name(enum cache_state state);

/* The files of one capture. */
struct cache_entry {
	char *key;     /* "NAME-0123456789abcdef", prefix of the file names */
	char *file;    /* name of the file with rows; NULL: none */
	char *capture; /* its real path; NULL: unknown */
	char *tshark, *toolkit; /* versions; NULL: unknown */
	enum cache_state state;
	const char *reason; /* why it will be removed; NULL: it is kept */
	uint64_t bytes;	    /* of all its files */
	bool has_counts;    /* "packets" and "tcp_packets" are known */
	uint64_t packets, tcp_packets;
	int64_t used; /* ns since 1970 of creation or last use */
	bool busy;    /* in use by another process */
};

struct cachedir {
	char *path;
	struct cache_entry *entries; /* by capture, then key */
	size_t n, cap;
};

/* A missing directory has no entries. */
int cachedir_scan(struct cachedir *d, const char *path, struct error *err)
	__attribute__((warn_unused_result));
void cachedir_release(struct cachedir *d);

uint64_t cachedir_bytes(const struct cachedir *d);

/*
 * Read the rows of every entry and set CACHE_DAMAGED where they do not agree
 * with the hashes.
 */
void cachedir_verify(struct cachedir *d);

/*
 * Set "reason" for entries to remove: those that are not current; those last
 * used before "before" (ns since 1970; INT64_MIN: no limit); and the least
 * recently used ones until the others have at most "bytes" bytes (UINT64_MAX:
 * no limit).
 */
void cachedir_choose(struct cachedir *d, int64_t before, uint64_t bytes);

/* Set "reason" for all entries. */
void cachedir_choose_all(struct cachedir *d);

/*
 * Remove the files of an entry; or only set "busy" if another process is using
 * it, or has used it since the scan.
 */
int cachedir_remove(const struct cachedir *d, struct cache_entry *entry,
		    struct error *err) __attribute__((warn_unused_result));

/* Remove the cached version of tshark, which is part of the cache. */
int cachedir_remove_version(const struct cachedir *d, struct error *err)
	__attribute__((warn_unused_result));

#endif
