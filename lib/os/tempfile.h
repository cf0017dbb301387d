/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tempfile.h - replace a file whole or not at all.
 *
 *	struct tempfile t;
 *	if (tempfile_create(&t, "/dir/name", &err) < 0) ...
 *	fprintf(t.stream, ...);
 *	if (tempfile_commit(&t, TEMPFILE_SYNC, &err) < 0) ...
 *
 * The data goes to a new file (mode 0600) in the same directory, which takes
 * the name only in tempfile_commit().  Dropped files are removed, also when
 * the program exits or is killed by a signal (cleanup.h).
 */
#ifndef OS_TEMPFILE_H
#define OS_TEMPFILE_H

#include <stdio.h>

#include "base/error.h"

struct tempfile {
	FILE *stream; /* NULL when committed or dropped */
	char *path;   /* of the temporary file */
	char *final;  /* the name it will take */
};

enum tempfile_durability {
	TEMPFILE_SYNC,	/* on disk before it takes the name */
	TEMPFILE_NOSYNC /* for data that can be made again and is checked */
};

int tempfile_create(struct tempfile *t, const char *final, struct error *err)
	__attribute__((warn_unused_result));

/* Flush, check for write errors, rename.  On errors the file is dropped. */
int tempfile_commit(struct tempfile *t, enum tempfile_durability durability,
		    struct error *err) __attribute__((warn_unused_result));

/*
 * The same, on disk, for a name that is not taken: 0, 1 when a file of that
 * name is there by now (dropped then, like on errors), -1.
 */
int tempfile_commit_new(struct tempfile *t, struct error *err)
	__attribute__((warn_unused_result));

/* Give it the permissions that the umask leaves: it is no secret. */
void tempfile_share(const struct tempfile *t);

/* Replace a file by these bytes, and "end" behind them. */
int tempfile_write(const char *final, const char *text, size_t n,
		   const char *end, struct error *err)
	__attribute__((warn_unused_result));

/* Remove it; nothing to do after a commit, or when "t" is zeroed. */
void tempfile_drop(struct tempfile *t);

/*
 * Remove what dead processes left beside "final".  Only for callers who hold
 * the lock that all writers of "final" take.
 */
void tempfile_sweep(const char *final);

/* Where files without a name are made, unless told else: $TMPDIR, or /tmp. */
const char *tempfile_directory(void);

/*
 * A file without a name in the directory "dir" (NULL: tempfile_directory()),
 * open to be read and written; it is gone when it is closed.  -1.
 */
int tempfile_nameless(const char *dir, struct error *err)
	__attribute__((warn_unused_result));

#endif
