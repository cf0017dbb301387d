/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/monotonic.h"

enum {
	NAP = 20000000 /* ns between two attempts */
};

/* Whether the locked file is still the one at the path. */
static bool is_current(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

/* LOCK_BUSY: the lock is held by another process, and "wait" is false. */
static enum lock_result take(struct lock *l, const char *path, bool wait,
			     struct error *err)
{
	*l = (struct lock)LOCK_INIT;
	for (;;) {
		int rc = 0;
		int fd = open(path, O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC,
			      0600);

		if (fd < 0) {
			error_set_errno(err, EXIT_SYSTEM, errno,
					"cannot create '%s'", path);
			return LOCK_FAILED;
		}
		while ((rc = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB))) < 0 &&
		       errno == EINTR)
			;
		if (rc < 0 && !wait && errno == EWOULDBLOCK) {
			close(fd);
			return LOCK_BUSY;
		}
		if (rc < 0) {
			error_set_errno(err, EXIT_SYSTEM, errno,
					"cannot lock '%s'", path);
			close(fd);
			return LOCK_FAILED;
		}
		if (is_current(fd, path)) {
			l->fd = fd;
			l->path = mem_strdup(path);
			return LOCK_TAKEN;
		}
		/*
		 * Its holder removed the file while we waited: try the new
		 * one.
		 */
		close(fd);
	}
}

/* flock() has no timeout, so try repeatedly. */
static int take_within(struct lock *l, const char *path, unsigned seconds,
		       struct error *err)
{
	const struct timespec nap = { 0, NAP };
	int64_t until = monotonic_ns() + (int64_t)seconds * 1000000000;
	enum lock_result result = LOCK_BUSY;

	while ((result = take(l, path, false, err)) == LOCK_BUSY &&
	       monotonic_ns() < until)
		nanosleep(&nap, NULL);
	if (result == LOCK_BUSY)
		error_set(err, EXIT_SYSTEM,
			  "another process has used it for more than %u s "
			  "(--timeout)",
			  seconds);
	return result == LOCK_TAKEN ? 0 : -1;
}

int lock_acquire(struct lock *l, const char *path, unsigned seconds,
		 struct error *err)
{
	if (seconds)
		return take_within(l, path, seconds, err);
	return take(l, path, true, err) == LOCK_TAKEN ? 0 : -1;
}

enum lock_result lock_try(struct lock *l, const char *path, struct error *err)
{
	return take(l, path, false, err);
}

void lock_release(struct lock *l)
{
	if (l->fd < 0)
		return;
	unlink(l->path);
	close(l->fd);
	free(l->path);
	*l = (struct lock)LOCK_INIT;
}
