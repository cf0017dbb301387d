/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "events/gather.h"

/*
 * The order of events of one packet: as in the packet, mostly by "kind"; then
 * kernel events in the order of their log.
 */
static int by_time(const void *x, const void *y, void *packets)
{
	const struct event *a = x, *b = y;
	const struct packets *p = packets;
	const bool kernel[2] = { event_is_of_kernel(a->kind),
				 event_is_of_kernel(b->kind) };

	if (a->time != b->time || kernel[0] != kernel[1])
		return COMPARE(a->time, b->time)
			       ?: COMPARE(kernel[0], kernel[1]);
	if (kernel[0])
		return COMPARE(a->from, b->from) ?: COMPARE(a->line, b->line);
	return COMPARE(p->frame[a->packet], p->frame[b->packet]) ?:
	       COMPARE(a->kind, b->kind) ?:
	       COMPARE(a->other, b->other);
}

void timeline_sort(struct timeline *line, const struct trace *trace)
{
	if (line->n)
		qsort_r(line->events, line->n, sizeof(*line->events), by_time,
			(void *)(uintptr_t)&trace->packets);
}

void timeline_make(struct timeline *line, const struct trace *trace,
		   const struct connection *conn, const struct ledger *ledger)
{
	struct gather g = {
		.line = line, .trace = trace, .conn = conn, .ledger = ledger
	};
	struct sighting s;

	memset(line, 0, sizeof(*line));
	g.subflows = mem_calloc(conn->n_subflows, sizeof(*g.subflows));
	for (int d = 0; d < 2; d++)
		g.near[d] = ledger->base[d];
	for (size_t j = 0; j < ledger->n_packets; j++) {
		for (int d = 0; j == ledger->first_packet && d < 2; d++)
			g.near[d] = ledger->near[d];
		gather_look(&g, ledger->packets[j], &s);
		handshake_events(&g, &s);
		option_events(&g, &s);
		close_events(&g, &s);
	}
	transfer_events(&g);
	timeline_sort(line, trace);
	free(g.subflows);
}

void timeline_release(struct timeline *line)
{
	free(line->events);
	memset(line, 0, sizeof(*line));
}
