/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.h - a lock between processes: only one at a time does a piece of work.
 *
 * An advisory lock (flock(2)) on a file that exists only while the lock is
 * held or waited for.  The kernel releases it when the process that holds it
 * dies.
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
 * Create the file "path" and lock it.  Waits for at most this many seconds
 * (then -1 and EXIT_SYSTEM), or without limit when "seconds" is 0.
 */
int lock_acquire(struct lock *l, const char *path, unsigned seconds,
		 struct error *err) __attribute__((warn_unused_result));

enum lock_result {
	LOCK_FAILED = -1,
	LOCK_BUSY, /* another process has it */
	LOCK_TAKEN
};

/* Take the lock if it is free; never waits. */
enum lock_result lock_try(struct lock *l, const char *path, struct error *err)
	__attribute__((warn_unused_result));

/* Release the lock and remove the file.  Does nothing when it is not held. */
void lock_release(struct lock *l);

#endif
