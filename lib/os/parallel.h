/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parallel.h - run independent pieces of work in several threads.
 */
#ifndef OS_PARALLEL_H
#define OS_PARALLEL_H

#include <stddef.h>

enum {
	PARALLEL_MAX = 64 /* threads */
};

typedef void parallel_fn(void *ctx, size_t i);

/*
 * Call fn(ctx, i) once for each i < n in at most "threads" threads, including
 * the calling one, and at most PARALLEL_MAX, and return when all calls have
 * ended.  With 0 or 1 threads all calls are made by this one, in order.
 */
void parallel_each(unsigned threads, size_t n, parallel_fn *fn, void *ctx);

#endif
