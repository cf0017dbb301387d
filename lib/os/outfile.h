/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outfile.h - where a command writes when it is told a name: "-w OUT".
 *
 *	struct outfile out;
 *	if (outfile_open(&out, path, 1, &err) < 0) ...
 *	outfile_write(&out, text, n);	// or by any other way to out.stream
 *	if (outfile_commit(&out, &err) < 0) ...		// or outfile_drop()
 *
 * NULL and "-" are the standard output; a device or a pipe is written to as it
 * is; anything else is a regular file that takes its name when it is whole
 * (tempfile.h), with the permissions that the umask leaves.
 */
#ifndef OS_OUTFILE_H
#define OS_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/tempfile.h"

struct outfile {
	FILE *stream;
	struct tempfile temp; /* all zero when there is none */
	bool replace;
	int failed;	  /* errno of the first outfile_write() that failed */
	const char *path; /* the caller's */
};

/* Without "replace" a file of that name is an error, now and at the commit. */
int outfile_open(struct outfile *o, const char *path, int replace,
		 struct error *err) __attribute__((warn_unused_result));

/* -1 when it did not all go out; outfile_commit() then says why. */
int outfile_write(struct outfile *o, const void *bytes, size_t n);

/*
 * Up to "n" bytes of another file, from a place of it on, without a way through
 * the program: how many went out.  Fewer, or none, where the kernel cannot do
 * that with these files: write what is missing.
 */
size_t outfile_copy(struct outfile *o, int fd, off_t from, size_t n);

/* All is written, or -1; there is nothing left to drop either way. */
int outfile_commit(struct outfile *o, struct error *err)
	__attribute__((warn_unused_result));

/* What was not committed is removed; "o" may be zeroed or committed. */
void outfile_drop(struct outfile *o);

/* Is "path" the same file as "other"? */
bool outfile_is_same(const char *path, const char *other);

#endif
