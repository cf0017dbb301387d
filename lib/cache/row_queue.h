/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_queue.h - rows that another thread takes, in their order, while more of
 * them are made.
 *
 *	struct row_queue *q = row_queue_start(take_row, ctx);
 *	... row_queue_put(q, &row) ...
 *	row_queue_end(q);
 *
 * Some hundred rows wait at most; then whoever puts another one waits, too.
 */
#ifndef CACHE_ROW_QUEUE_H
#define CACHE_ROW_QUEUE_H

#include "row/row.h"

struct row_queue;

/* "take" is called in a thread of its own; NULL: none can be had. */
struct row_queue *
row_queue_start(void (*take)(void *ctx, const struct row *row), void *ctx);

/* The row is copied. */
void row_queue_put(struct row_queue *q, const struct row *row);

/* Wait until all rows were taken, and free it. */
void row_queue_end(struct row_queue *q);

#endif
