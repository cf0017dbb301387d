/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window.h - for session.h: the packets of some connections at a time, while
 * those of the next ones are read.
 *
 * So whoever looks at one connection after the other needs little memory, and
 * what is looked at is near the processor.
 */
#ifndef LOAD_WINDOW_H
#define LOAD_WINDOW_H

#include <pthread.h>
#include <stdbool.h>

#include "cache/cache.h"
#include "model/trace.h"

/* Connections [first, end), and their packets. */
struct portion {
	size_t first, end;
	struct packets packets;
	uint32_t *order;
	enum cache_result result; /* of reading them; CACHE_MISS: not done */
	struct error err;
};

struct window {
	size_t portion; /* packets that come next */
	size_t first, end; /* the connections whose packets are in the trace */
	struct portion next; /* those behind, on their way; owned */
	/* While they are read, borrowed: */
	const struct trace *trace;
	const struct cache_rows *rows;
	const bool *skipped; /* by connection */
	bool running;
	pthread_t thread;
};

void window_init(struct window *w);

/* Stop what is on its way; it is as after window_init(). */
void window_release(struct window *w);

bool window_has(const struct window *w, size_t i);

/*
 * Have the packets of connection i, and of those behind it that are not
 * skipped, in the trace.  They stay borrowed until the next call.  CACHE_MISS:
 * the rows are damaged.
 */
enum cache_result window_move(struct window *w, struct trace *trace,
			      const struct cache_rows *rows,
			      const bool *skipped, size_t i, struct error *err)
	__attribute__((warn_unused_result));

#endif
