/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parallel.h - pieces of work that do not depend on each other, by threads.
 */
#ifndef OS_PARALLEL_H
#define OS_PARALLEL_H

#include <stddef.h>

typedef void parallel_fn(void *ctx, size_t i);

/*
 * Call fn(ctx, i) once for each i < n, by at most so many threads, this one
 * included; 0 and 1: in order, by this one.  Returns when all is done.
 */
void parallel_each(unsigned threads, size_t n, parallel_fn *fn, void *ctx);

#endif
