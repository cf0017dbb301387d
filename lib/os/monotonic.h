/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * monotonic.h - the clock that nobody sets, to measure how long something
 * takes.
 */
#ifndef OS_MONOTONIC_H
#define OS_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/* In ns, from some point in time on. */
static inline int64_t monotonic_ns(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

#endif
