/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cachedir.h - the cache directory as a whole: what is in it, and making room.
 *
 *	struct cachedir dir;
 *	if (cachedir_scan(&dir, path, &err) < 0) ...
 *	for (size_t i = 0; i < dir.n; i++) ... dir.entries[i] ...
 *	cachedir_release(&dir);
 *
 * Files that are not of the cache, by their names and by what is in them, are
 * neither listed nor touched; symbolic links are not followed.  What another
 * process is just making is left alone.
 *
 * A struct cachedir owns everything in it.
 */
#ifndef CACHE_CACHEDIR_H
#define CACHE_CACHEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum cache_state {
	CACHE_CURRENT,	/* the capture is as it was */
	CACHE_CHANGED,	/* the capture is another by now */
	CACHE_GONE,	/* there is no such capture */
	CACHE_OUTDATED, /* of another version of this program */
	CACHE_DAMAGED,	/* the files do not fit to each other */
	CACHE_LEFTOVER	/* of a run that was killed */
};

const char *cache_state_name(enum cache_state state);

/* The files of one capture. */
struct cache_entry {
	char *key;  /* "NAME-0123456789abcdef", what their names begin with */
	char *file; /* of the rows; NULL: there is none */
	char *capture;		/* its real path; NULL: not known */
	char *tshark, *toolkit; /* versions; NULL: not known */
	enum cache_state state;
	const char *reason; /* why it is to go; NULL: it may stay */
	uint64_t bytes;	    /* of all its files */
	bool has_counts;
	uint64_t packets, tcp_packets;
	int64_t used; /* ns since 1970: made, or last read */
	bool busy;    /* another process is at it */
};

struct cachedir {
	char *path;
	struct cache_entry *entries; /* by capture, then key */
	size_t n, cap;
};

/* A directory that is not there has no entries. */
int cachedir_scan(struct cachedir *d, const char *path, struct error *err)
	__attribute__((warn_unused_result));
void cachedir_release(struct cachedir *d);

uint64_t cachedir_bytes(const struct cachedir *d);

/* Read the rows of every entry: a state of CACHE_DAMAGED where they are not
   what they were. */
void cachedir_verify(struct cachedir *d);

/*
 * Give a reason to what is to go: everything that is not current; what was not
 * used since "before" (ns since 1970; INT64_MIN: no matter); and the entries
 * that were used longest ago, until what stays has at most "bytes"
 * (UINT64_MAX: no matter).
 */
void cachedir_choose(struct cachedir *d, int64_t before, uint64_t bytes);

/* To give a reason to all. */
void cachedir_choose_all(struct cachedir *d);

/*
 * Remove the files of an entry; nothing, and "busy" is set, when another
 * process is at it, or has used it since the scan.
 */
int cachedir_remove(const struct cachedir *d, struct cache_entry *entry,
		    struct error *err) __attribute__((warn_unused_result));

/* The remembered version of tshark goes with the rest of the cache. */
int cachedir_remove_version(const struct cachedir *d, struct error *err)
	__attribute__((warn_unused_result));

#endif
