/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void file_id_from_stat(struct file_id *id, const struct stat *st)
{
	id->inode = (uint64_t)st->st_ino;
	id->size = (uint64_t)st->st_size;
	id->mtime_ns =
		(int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

bool file_id_equal(const struct file_id *a, const struct file_id *b)
{
	return a->inode == b->inode && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns;
}

int file_mkdirs(const char *path, struct error *err)
{
	char *copy = mem_strdup(path);
	struct stat st;
	int rc = 0;

	for (char *p = copy + 1; rc == 0; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char end = *p;

		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			rc = errno;
		*p = end;
		if (end == '\0')
			break;
	}
	free(copy);
	if (rc == 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return error_set_errno(err, EXIT_SYSTEM, rc ? rc : ENOTDIR,
			       "cannot make the directory '%s'", path);
}

char *file_slurp(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	size_t have = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size > max)
		goto out;
	text = mem_calloc((size_t)st.st_size + 1, 1);
	while (have < (size_t)st.st_size) {
		ssize_t n = read(fd, text + have, (size_t)st.st_size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	text[have] = '\0';
	*len = have;
out:
	close(fd);
	return text;
}

int file_read(struct strbuf *out, const char *path, size_t max,
	      struct error *err)
{
	char block[BUFSIZ];
	FILE *file = fopen(path, "re");
	size_t n = 0;
	int failed = 0;

	if (!file)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot open '%s'", path);
	while (out->len <= max &&
	       (n = fread(block, 1, sizeof(block), file)) > 0)
		strbuf_append(out, block, n);
	failed = ferror(file) ? errno : 0;
	fclose(file);
	if (failed)
		return error_set_errno(err, EXIT_INPUT, failed,
				       "cannot read '%s'", path);
	return 0;
}

int file_write_all(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

const char *file_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}
