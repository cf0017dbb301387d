/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

static bool is_open_at(int fd, const struct stat *st)
{
	struct stat other;

	return fd >= 0 && fstat(fd, &other) == 0 &&
	       other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

int keep_open(struct keep *k, const char *path, bool force, int source,
	      struct error *err)
{
	struct stat st = { .st_mode = 0 };
	const bool exists = stat(path, &st) == 0;
	const bool is_other = exists && !S_ISREG(st.st_mode);
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;

	*k = (struct keep){ .fd = -1, .path = path };
	if (exists && S_ISDIR(st.st_mode))
		return error_set(err, EXIT_SYSTEM, "'%s' is a directory", path);
	if (exists && is_open_at(source, &st))
		return error_set(
			err, EXIT_USAGE,
			"cannot write '%s': it is the file that is read", path);
	if (!is_other)
		flags |= force ? O_TRUNC : O_EXCL;
	k->fd = open(path, flags, 0666);
	if (k->fd < 0 && errno == EEXIST)
		return error_set(err, EXIT_SYSTEM,
				 "'%s' exists: use -f to replace it, or "
				 "another file name",
				 path);
	if (k->fd < 0)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot write '%s'", path);
	k->is_regular = !is_other;
	return 0;
}

int keep_write(struct keep *k, const void *bytes, size_t n, struct error *err)
{
	if (file_write_all(k->fd, bytes, n) == 0)
		return 0;
	return error_set_errno(
		err, EXIT_SYSTEM, errno,
		"cannot write '%s': packets from now on are not saved",
		k->path);
}

int keep_close(struct keep *k, uint64_t end, struct error *err)
{
	int rc = 0;

	if (k->fd < 0)
		return 0;
	if (k->is_regular && ftruncate(k->fd, (off_t)end) < 0)
		rc = -1;
	if (close(k->fd) < 0)
		rc = -1;
	k->fd = -1;
	return rc < 0 ? error_set_errno(err, EXIT_SYSTEM, errno,
					"cannot write all of '%s'", k->path)
		      : 0;
}

void keep_fail(struct keep *k, uint64_t end)
{
	struct error ignored = ERROR_INIT;

	(void)!keep_close(k, end, &ignored);
}
