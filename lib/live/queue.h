/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - for source.h: pass rows from the reading thread to the processing
 * thread without copying.
 *
 *	reader: while ((row = queue_room(&q))) { ... fill it; queue_put(&q); }
 *		queue_end(&q);
 *	other:	while ((row = queue_take(&q)) || !queue_has_ended(&q)) ...
 *
 * For efficiency the consumer sees rows in batches; queue_publish() makes
 * those that were put visible at once.
 */
#ifndef LIVE_QUEUE_H
#define LIVE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "row/row.h"

enum {
	QUEUE_ROWS = 1 << 16
};

/* Positions count all rows since the beginning, from 0. */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t has_room;
	int ready; /* eventfd: POLLIN when the consumer need not wait */
	struct row *rows;
	uint64_t made, room;  /* reader's: rows put; limit without locking */
	uint64_t taken, upto; /* consumer's: rows taken; limit likewise */
	/* Shared, protected by the lock. */
	uint64_t published, released;
	bool is_waited_for, has_ended, is_closed;
};

/* -1 and errno on errors. */
int queue_init(struct queue *q);
void queue_release(struct queue *q);

/*
 * Where to write the next row; waits until there is room.  NULL: the queue was
 * closed.
 */
struct row *queue_room(struct queue *q);
void queue_put(struct queue *q);
void queue_publish(struct queue *q);
void queue_end(struct queue *q); /* no more will be put */

/* The next row, valid until the next call; NULL: none is available now. */
const struct row *queue_take(struct queue *q);
bool queue_has_ended(struct queue *q); /* and all rows were taken */
uint64_t queue_waiting(struct queue *q);

/* Tell the reader that no more rows are wanted; it no longer waits. */
void queue_close(struct queue *q);

#endif
