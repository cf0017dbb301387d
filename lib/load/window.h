/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window.h - for session.h: have the packets of a few connections at a time in
 * memory, while a thread reads those of the next ones.
 */
#ifndef LOAD_WINDOW_H
#define LOAD_WINDOW_H

#include <pthread.h>
#include <stdbool.h>

#include "cache/cache.h"
#include "model/trace.h"

/* Packets of connections [first, end). */
struct portion {
	size_t first, end;
	struct packets packets;
	uint32_t *order;
	enum cache_result result; /* of reading them; CACHE_MISS: not done */
	struct error err;
};

struct window {
	size_t portion; /* number of packets to read next, about */
	size_t first, end; /* the connections whose packets are in the trace */
	struct portion next; /* the ones after those, being read; owned */
	/* Borrowed while the thread runs: */
	const struct trace *trace;
	const struct cache_rows *rows;
	const bool *skipped; /* by connection */
	bool running;
	pthread_t thread;
};

void window_init(struct window *w);

/* Stop the thread and return to the state after window_init(). */
void window_release(struct window *w);

/* Whether the packets of connection i are in the trace. */
bool window_has(const struct window *w, size_t i);

/*
 * Have the packets of connection i, and of those after it that are not
 * skipped, in the trace.  The trace borrows them until the next call.
 * CACHE_MISS: the cached rows are damaged.
 */
enum cache_result window_move(struct window *w, struct trace *trace,
			      const struct cache_rows *rows,
			      const bool *skipped, size_t i, struct error *err)
	__attribute__((warn_unused_result));

#endif
