/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/window.h"

#include <stdlib.h>

#include "model/numbers.h"
#include "model/streams.h"

enum {
	/*
	 * Minimum number of packets per portion, if available: small at first,
	 * to start quickly, then large enough to profit from packets that are
	 * close to each other in the capture.
	 */
	PORTION_FIRST = 8192,
	PORTION_MOST = 1 << 18
};

void window_init(struct window *w)
{
	*w = (struct window){ .portion = PORTION_FIRST };
	packets_init(&w->next.packets);
}

bool window_has(const struct window *w, size_t i)
{
	return i >= w->first && i < w->end;
}

/* The TCP streams of a portion of connections that begins with n->first. */
static struct numbers plan(struct window *w, struct portion *n)
{
	const struct trace *t = w->trace;
	struct numbers numbers = { .items = NULL };
	size_t packets = 0, i = n->first;

	for (; i < t->n_connections && packets < w->portion; i++) {
		const struct connection *c = &t->connections[i];

		if (w->skipped[i])
			continue;
		numbers_add_connection(&numbers, t, c);
		packets += trace_connection_packets(t, c);
	}
	n->end = i;
	if (w->portion < PORTION_MOST)
		w->portion *= 2;
	numbers_sort(&numbers);
	return numbers;
}

/* Interface names of the packets being read are those of the trace. */
static void name_interfaces(struct portion *n, const struct strlist *names)
{
	for (size_t i = n->packets.interfaces.n; i < names->n; i++)
		packets_add_interface(&n->packets, names->items[i]);
}

/*
 * Read w->next.  Other threads may look at the trace meanwhile: only the
 * positions of packets of the streams being read are changed.
 */
static void *read_next(void *ctx)
{
	struct window *w = ctx;
	struct portion *n = &w->next;
	struct trace shadow = *w->trace;
	struct numbers numbers = plan(w, n);

	name_interfaces(n, &w->trace->packets.interfaces);
	packets_clear(&n->packets);
	free(n->order);
	shadow.packets = n->packets;
	shadow.order = NULL;
	n->result = CACHE_HIT;
	if (numbers.n)
		n->result = cache_rows_read(w->rows, numbers.items, numbers.n,
					    packets_append, &shadow.packets,
					    &n->err);
	packets_sort(&shadow.packets);
	if (n->result == CACHE_HIT && numbers.n && streams_attach(&shadow) < 0)
		n->result = CACHE_MISS;
	n->packets = shadow.packets;
	n->order = shadow.order;
	numbers_release(&numbers);
	return NULL;
}

static void wait_for_next(struct window *w)
{
	if (w->running)
		pthread_join(w->thread, NULL);
	w->running = false;
}

static void read_ahead(struct window *w)
{
	if (w->trace->threads < 2 || w->end == w->trace->n_connections)
		return;
	w->next.first = w->end;
	w->running = pthread_create(&w->thread, NULL, read_next, w) == 0;
}

/* Exchange the packets of the trace and of w->next. */
static void exchange(struct window *w, struct trace *t)
{
	struct packets packets = t->packets;
	uint32_t *order = t->order;

	t->packets = w->next.packets;
	t->order = w->next.order;
	w->next.packets = packets;
	w->next.order = order;
	w->first = w->next.first;
	w->end = w->next.end;
}

enum cache_result window_move(struct window *w, struct trace *trace,
			      const struct cache_rows *rows,
			      const bool *skipped, size_t i, struct error *err)
{
	struct portion *n = &w->next;

	wait_for_next(w);
	w->trace = trace;
	w->rows = rows;
	w->skipped = skipped;
	if (n->result == CACHE_MISS || i < n->first || i >= n->end) {
		n->first = i;
		read_next(w);
	}
	if (n->result == CACHE_ERROR)
		*err = n->err;
	if (n->result != CACHE_HIT)
		return n->result;
	exchange(w, trace);
	n->result = CACHE_MISS; /* nothing was read */
	read_ahead(w);
	return CACHE_HIT;
}

void window_release(struct window *w)
{
	wait_for_next(w);
	packets_release(&w->next.packets);
	free(w->next.order);
	window_init(w);
}
