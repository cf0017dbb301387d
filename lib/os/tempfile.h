/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tempfile.h - replace a file atomically: whole or not at all.
 *
 *	struct tempfile t;
 *	if (tempfile_create(&t, "/dir/name", &err) < 0) ...
 *	fprintf(t.stream, ...);
 *	if (tempfile_commit(&t, TEMPFILE_SYNC, &err) < 0) ...
 *
 * The data goes to a new file (mode 0600) in the same directory, which gets
 * the final name in tempfile_commit().  Files that were not committed are
 * removed by tempfile_drop(), or when the program exits or is killed by a
 * signal (cleanup.h).
 */
#ifndef OS_TEMPFILE_H
#define OS_TEMPFILE_H

#include <stdio.h>

#include "base/error.h"

struct tempfile {
	FILE *stream; /* NULL when committed or dropped */
	char *path;   /* of the temporary file; owned */
	char *final;  /* the name it will get; owned */
};

enum tempfile_durability {
	TEMPFILE_SYNC, /* fsync(2) before the rename */
	/* for data that is checked when read, and can be made again */
	TEMPFILE_NOSYNC
};

int tempfile_create(struct tempfile *t, const char *final, struct error *err)
	__attribute__((warn_unused_result));

/* Flush, check for write errors and rename.  On errors the file is dropped. */
int tempfile_commit(struct tempfile *t, enum tempfile_durability durability,
		    struct error *err) __attribute__((warn_unused_result));

/*
 * As tempfile_commit() with TEMPFILE_SYNC, but never replaces a file.  Returns
 * 0; 1 when a file of that name exists; -1 on errors.  The temporary file is
 * dropped unless 0 is returned.
 */
int tempfile_commit_new(struct tempfile *t, struct error *err)
	__attribute__((warn_unused_result));

/* Give the file the permissions that the umask allows, instead of 0600. */
void tempfile_share(const struct tempfile *t);

/* Replace the file "final" by n bytes of text followed by the string "end". */
int tempfile_write(const char *final, const char *text, size_t n,
		   const char *end, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Close and remove the file.  Does nothing after a commit, or when "t" is
 * zeroed.
 */
void tempfile_drop(struct tempfile *t);

/*
 * Remove temporary files for "final" that processes which no longer exist left
 * behind.  The caller must hold the lock that all writers of "final" take.
 */
void tempfile_sweep(const char *final);

/* The directory for temporary files without a name: $TMPDIR, or /tmp. */
const char *tempfile_directory(void);

/*
 * Create a file without a name in directory "dir" (NULL:
 * tempfile_directory()), open for reading and writing.  It disappears when it
 * is closed.  Returns its descriptor, or -1.
 */
int tempfile_nameless(const char *dir, struct error *err)
	__attribute__((warn_unused_result));

#endif
