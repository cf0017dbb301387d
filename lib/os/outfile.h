/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outfile.h - the destination of a command's output: "-w OUT".
 *
 *	struct outfile out;
 *	if (outfile_open(&out, path, 1, &err) < 0) ...
 *	outfile_write(&out, text, n);	// or by any other way to out.stream
 *	if (outfile_commit(&out, &err) < 0) ...		// or outfile_drop()
 *
 * NULL and "-" mean standard output; a device or a pipe is written to
 * directly.  Anything else is a regular file, which appears under its name
 * only when it is complete (tempfile.h), with the permissions that the umask
 * allows.
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
	struct tempfile temp; /* unused (all zero) when writing directly */
	bool replace;
	int failed;	  /* errno of the first outfile_write() that failed */
	const char *path; /* the caller's */
};

/*
 * Open "path" for writing.  Unless "replace" is set, an existing file of that
 * name is an error, both here and in outfile_commit().
 */
int outfile_open(struct outfile *o, const char *path, int replace,
		 struct error *err) __attribute__((warn_unused_result));

/* Write n bytes.  Returns -1 on errors, which outfile_commit() then reports. */
int outfile_write(struct outfile *o, const void *bytes, size_t n);

/*
 * Copy up to n bytes from offset "from" of descriptor "fd" within the kernel
 * (no copy through user space).  Returns the number of bytes copied, which is
 * less, or 0, where the kernel does not support that for these files: the
 * caller then writes the rest itself.
 */
size_t outfile_copy(struct outfile *o, int fd, off_t from, size_t n);

/*
 * Complete the output.  Returns -1 when writing failed at any time; the
 * incomplete file is then removed.  Either way "o" is closed.
 */
int outfile_commit(struct outfile *o, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Close and remove the file, unless it was committed.  "o" may also be zeroed.
 */
void outfile_drop(struct outfile *o);

/* Whether both paths name the same file. */
bool outfile_is_same(const char *path, const char *other);

#endif
