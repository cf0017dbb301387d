/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - identity of files, directories, reading and writing whole files.
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * Identifies the content of a file: unchanged values mean that the file was
 * neither replaced nor written to.
 */
struct file_id {
	uint64_t inode;
	uint64_t size;	  /* bytes */
	int64_t mtime_ns; /* last modification, ns since 1970 */
};

void file_id_from_stat(struct file_id *id, const struct stat *st);
bool file_id_equal(const struct file_id *a, const struct file_id *b);

/*
 * The part of a path behind its last slash, or all of it when nothing follows
 * the slash.  Points into "path".
 */
const char *file_base_name(const char *path);

/*
 * Create directory "path" and missing parents with mode 0700.  Existing
 * directories are left as they are.
 */
int file_mkdirs(const char *path, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The content of a regular file of at most "max" bytes, with a NUL behind it;
 * *len is its length.  The caller frees it.  NULL when it cannot be read, is
 * larger or is a symbolic link.
 */
char *file_slurp(const char *path, size_t max, size_t *len);

/*
 * Append the content of "path", which may be a pipe, to "out".  Reading stops
 * soon after "max" bytes: when out->len > max afterwards, the file was too
 * large.
 */
int file_read(struct strbuf *out, const char *path, size_t max,
	      struct error *err) __attribute__((warn_unused_result));

/*
 * Write all n bytes to a descriptor, continuing after partial writes.  Returns
 * -1 with errno set on errors.
 */
int file_write_all(int fd, const void *bytes, size_t n)
	__attribute__((warn_unused_result));

#endif
