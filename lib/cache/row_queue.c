/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/row_queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	BUNDLE_ROWS =
		256, /* rows that change hands at once: near the processor */
	BUNDLES = 4
};

struct bundle {
	struct row rows[BUNDLE_ROWS];
	size_t n;
};

struct row_queue {
	void (*take)(void *ctx, const struct row *row);
	void *ctx;
	pthread_t thread;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t changed;
	size_t filled, taken; /* bundles so far */
	bool ended;
	struct bundle bundles[BUNDLES]; /* number k is at k % BUNDLES */
};

static void *take_rows(void *ctx)
{
	struct row_queue *q = ctx;

	pthread_mutex_lock(&q->mutex);
	while (q->taken < q->filled || !q->ended) {
		const struct bundle *b = &q->bundles[q->taken % BUNDLES];

		if (q->taken == q->filled) {
			pthread_cond_wait(&q->changed, &q->mutex);
			continue;
		}
		pthread_mutex_unlock(&q->mutex);
		for (size_t i = 0; i < b->n; i++)
			q->take(q->ctx, &b->rows[i]);
		pthread_mutex_lock(&q->mutex);
		q->taken++;
		pthread_cond_signal(&q->changed);
	}
	pthread_mutex_unlock(&q->mutex);
	return NULL;
}

struct row_queue *
row_queue_start(void (*take)(void *ctx, const struct row *row), void *ctx)
{
	struct row_queue *q = mem_calloc(1, sizeof(*q));

	q->take = take;
	q->ctx = ctx;
	pthread_mutex_init(&q->mutex, NULL);
	pthread_cond_init(&q->changed, NULL);
	if (pthread_create(&q->thread, NULL, take_rows, q) == 0)
		return q;
	free(q);
	return NULL;
}

/* The bundle that is being filled goes to the thread; another one is free. */
static void hand_over(struct row_queue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->filled++;
	pthread_cond_signal(&q->changed);
	while (q->filled - q->taken == BUNDLES)
		pthread_cond_wait(&q->changed, &q->mutex);
	q->bundles[q->filled % BUNDLES].n = 0;
	pthread_mutex_unlock(&q->mutex);
}

void row_queue_put(struct row_queue *q, const struct row *row)
{
	/* Only this thread changes q->filled. */
	struct bundle *b = &q->bundles[q->filled % BUNDLES];

	b->rows[b->n++] = *row;
	if (b->n == BUNDLE_ROWS)
		hand_over(q);
}

void row_queue_end(struct row_queue *q)
{
	hand_over(q);
	pthread_mutex_lock(&q->mutex);
	q->ended = true;
	pthread_cond_signal(&q->changed);
	pthread_mutex_unlock(&q->mutex);
	pthread_join(q->thread, NULL);
	pthread_mutex_destroy(&q->mutex);
	pthread_cond_destroy(&q->changed);
	free(q);
}
