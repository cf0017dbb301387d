/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * monotonic.h - a clock that is never set, to measure durations.
 */
#ifndef OS_MONOTONIC_H
#define OS_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds since an unspecified point in time (CLOCK_MONOTONIC). */
static inline int64_t monotonic_ns(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

#endif
