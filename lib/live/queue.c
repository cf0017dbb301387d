/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/queue.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	MASK = QUEUE_ROWS - 1,
	PORTION = 256,	/* rows published at once */
	RELEASED = 4096 /* rows given back at once */
};

int queue_init(struct queue *q)
{
	*q = (struct queue){ .room = QUEUE_ROWS };
	q->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->ready < 0)
		return -1;
	q->is_waited_for = true;
	q->rows = mem_calloc(QUEUE_ROWS, sizeof(*q->rows));
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->has_room, NULL);
	return 0;
}

void queue_release(struct queue *q)
{
	if (!q->rows)
		return;
	pthread_cond_destroy(&q->has_room);
	pthread_mutex_destroy(&q->lock);
	close(q->ready);
	free(q->rows);
	*q = (struct queue){ .ready = -1 };
}

/* Call with the lock held. */
static void wake(struct queue *q)
{
	const uint64_t one = 1;

	if (!q->is_waited_for)
		return;
	q->is_waited_for = false;
	(void)!write(q->ready, &one, sizeof(one));
}

void queue_publish(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	if (q->published < q->made) {
		q->published = q->made;
		wake(q);
	}
	q->room = q->released + QUEUE_ROWS;
	pthread_mutex_unlock(&q->lock);
}

struct row *queue_room(struct queue *q)
{
	bool is_closed = false;

	if (q->made == q->room)
		queue_publish(q);
	if (q->made == q->room) {
		pthread_mutex_lock(&q->lock);
		while (q->made == q->released + QUEUE_ROWS && !q->is_closed)
			pthread_cond_wait(&q->has_room, &q->lock);
		q->room = q->released + QUEUE_ROWS;
		is_closed = q->is_closed;
		pthread_mutex_unlock(&q->lock);
	}
	return is_closed ? NULL : &q->rows[q->made & MASK];
}

void queue_put(struct queue *q)
{
	q->made++;
	if (q->made % PORTION == 0)
		queue_publish(q);
}

void queue_end(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->published = q->made;
	q->has_ended = true;
	wake(q);
	pthread_mutex_unlock(&q->lock);
}

/* Give back what was taken, and see what is available. */
static void look(struct queue *q)
{
	uint64_t n = 0;

	pthread_mutex_lock(&q->lock);
	q->released = q->taken;
	pthread_cond_signal(&q->has_room);
	q->upto = q->published;
	if (q->upto - q->taken > RELEASED)
		q->upto = q->taken + RELEASED;
	if (q->upto == q->taken && !q->has_ended) {
		q->is_waited_for = true;
		(void)!read(q->ready, &n, sizeof(n));
	}
	pthread_mutex_unlock(&q->lock);
}

const struct row *queue_take(struct queue *q)
{
	if (q->taken == q->upto)
		look(q);
	return q->taken == q->upto ? NULL : &q->rows[q->taken++ & MASK];
}

bool queue_has_ended(struct queue *q)
{
	bool ended = false;

	pthread_mutex_lock(&q->lock);
	ended = q->has_ended && q->taken == q->published;
	pthread_mutex_unlock(&q->lock);
	return ended;
}

uint64_t queue_waiting(struct queue *q)
{
	uint64_t n = 0;

	pthread_mutex_lock(&q->lock);
	n = q->published - q->taken;
	pthread_mutex_unlock(&q->lock);
	return n;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->is_closed = true;
	pthread_cond_signal(&q->has_room);
	pthread_mutex_unlock(&q->lock);
}
