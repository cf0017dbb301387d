/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

struct work {
	parallel_fn *fn;
	void *ctx;
	size_t n;
	atomic_size_t next;
};

static void *labour(void *ctx)
{
	struct work *w = ctx;
	size_t i = 0;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		w->fn(w->ctx, i);
	return NULL;
}

void parallel_each(unsigned threads, size_t n, parallel_fn *fn, void *ctx)
{
	struct work w = { .fn = fn, .ctx = ctx, .n = n };
	pthread_t thread[PARALLEL_MAX - 1];
	size_t started = 0;

	atomic_init(&w.next, 0);
	while (started + 1 < threads && started + 1 < n &&
	       started + 1 < PARALLEL_MAX &&
	       pthread_create(&thread[started], NULL, labour, &w) == 0)
		started++;
	labour(&w);
	while (started > 0)
		pthread_join(thread[--started], NULL);
}
