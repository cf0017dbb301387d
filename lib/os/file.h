/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - identity of files, and directories.
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/strbuf.h"

/* What tells whether a file is still the one that was looked at. */
struct file_id {
	uint64_t inode;
	uint64_t size;	  /* bytes */
	int64_t mtime_ns; /* last change of the content, ns since 1970 */
};

void file_id_from_stat(struct file_id *id, const struct stat *st);
bool file_id_equal(const struct file_id *a, const struct file_id *b);

/* The last part of a path: what is behind its last slash; all of it where
   nothing is. */
const char *file_base_name(const char *path);

/*
 * Make the directory "path", mode 0700, and those above it that are missing.
 * An existing directory is left as it is.
 */
int file_mkdirs(const char *path, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The whole content of a small file (at most "max" bytes), to be freed by the
 * caller; NULL when it cannot be read.  Symbolic links are not followed.
 */
char *file_slurp(const char *path, size_t max, size_t *len);

/*
 * Append the content of the file "path", of any kind, to "out"; of what has
 * more than "max" bytes some more than those, which tells it.
 */
int file_read(struct strbuf *out, const char *path, size_t max,
	      struct error *err) __attribute__((warn_unused_result));

/* All n bytes into a descriptor; -1 and errno when it takes no more. */
int file_write_all(int fd, const void *bytes, size_t n)
	__attribute__((warn_unused_result));

#endif
