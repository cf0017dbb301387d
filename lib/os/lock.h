/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.h - one process at a time does a piece of work.
 *
 * An advisory lock (flock) on a file that exists only while it is held or
 * waited for.  The kernel releases it when its holder dies.
 */
#ifndef OS_LOCK_H
#define OS_LOCK_H

#include "base/error.h"

struct lock {
	int fd;	    /* -1 when not held */
	char *path; /* owned */
};

#define LOCK_INIT                                                              \
	{                                                                      \
		.fd = -1                                                       \
	}

/*
 * Wait for the lock at "path" and take it; no longer than so many seconds
 * (EXIT_SYSTEM then), or, when that is 0, for as long as it takes.
 */
int lock_acquire(struct lock *l, const char *path, unsigned seconds,
		 struct error *err) __attribute__((warn_unused_result));

enum lock_result {
	LOCK_FAILED = -1,
	LOCK_BUSY, /* somebody else has it */
	LOCK_TAKEN
};

/* The same without waiting. */
enum lock_result lock_try(struct lock *l, const char *path, struct error *err)
	__attribute__((warn_unused_result));

/* Release it, when held, and remove the file. */
void lock_release(struct lock *l);

#endif
