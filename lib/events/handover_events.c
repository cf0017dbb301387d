/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "events/transfer.h"

/* Why a subflow may be left: it was closed, or became a backup. */
struct reason {
	uint32_t packet;
	int closed;
};

struct reasons {
	struct reason *items; /* owned */
	size_t n, cap;
};

/* The old subflow carries nothing new between two of its packets. */
struct pause {
	enum direction d;
	uint32_t subflow;
	uint32_t from;
	uint32_t to;   /* or FOR_GOOD */
	size_t before; /* of flow_story.carries: up to "from" */
};

#define FOR_GOOD LEDGER_NO_PACKET /* behind all packets */

static int64_t time_of(const struct transfer *t, uint32_t packet)
{
	return t->g->trace->packets.time[packet];
}

/* Index of the first item behind "packet"; items begin with their packet. */
static size_t first_after(const void *items, size_t n, size_t size,
			  uint32_t packet)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint32_t one = 0;

		memcpy(&one, (const char *)items + mid * size, sizeof(one));
		if (one <= packet)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Of the direction: what carries new data, and the packet that it is. */
static const struct piece *carried(const struct transfer *t, enum direction d,
				   size_t i)
{
	return &t->g->ledger->pieces[t->carries[d].items[i].piece];
}

static size_t carries_after(const struct transfer *t, enum direction d,
			    uint32_t packet)
{
	size_t low = 0, high = t->carries[d].n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (carried(t, d, mid)->packet <= packet)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The first of those before "end" that was sent at "time" or later. */
static size_t carries_since(const struct transfer *t, enum direction d,
			    size_t end, int64_t time)
{
	size_t low = 0, high = end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (time_of(t, carried(t, d, mid)->packet) < time)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Bytes of those in [from, to), which are some. */
static uint64_t bytes_of(const struct carries *list, size_t from, size_t to)
{
	return list->items[to - 1].bytes -
	       (from ? list->items[from - 1].bytes : 0);
}

static size_t agains_after(const struct flow_story *f, uint32_t packet)
{
	static_assert(offsetof(struct again, packet) == 0, "first_after()");
	return first_after(f->agains, f->n_agains, sizeof(*f->agains), packet);
}

static size_t progress_after(const struct flow_story *f, uint32_t packet)
{
	static_assert(offsetof(struct progress, packet) == 0, "first_after()");
	return first_after(f->progress, f->n_progress, sizeof(*f->progress),
			   packet);
}

/* Did it carry its share when it last carried something? */
static int in_use(struct transfer *t, const struct pause *p)
{
	const struct flow_story *f = &t->flows[2 * p->subflow + p->d];
	const struct carries *all = &t->carries[p->d];
	int64_t span = transfer_patience(t, p->subflow, p->d);
	size_t end = carries_after(t, p->d, p->from);
	size_t first = carries_since(t, p->d, end, time_of(t, p->from) - span);
	uint64_t own = 0;

	for (size_t i = p->before; i > 0 && f->carries[i - 1] >= first; i--)
		own += bytes_of(all, f->carries[i - 1], f->carries[i - 1] + 1);
	return own * HANDOVER_SHARE >= bytes_of(all, first, end);
}

/* ns since 1970; of one for good beyond any time. */
static int64_t pause_end(const struct transfer *t, const struct pause *p)
{
	return p->to == FOR_GOOD ? INT64_MAX : time_of(t, p->to);
}

static int stalled(const struct transfer *t, const struct pause *p)
{
	const struct flow_story *f = &t->flows[2 * p->subflow + p->d];
	int64_t from = time_of(t, p->from);
	int64_t to = pause_end(t, p);
	size_t low = 0, high = f->n_stalls;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->stalls[mid].end <= from)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->n_stalls && f->stalls[low].begin < to;
}

/*
 * The handover then is behind the packet that says so, which *from becomes.
 * A request to be a backup takes a while to reach the sender.
 */
static int left_on_purpose(struct transfer *t, const struct pause *p,
			   const struct reasons *reasons, uint32_t *from)
{
	int64_t since =
		time_of(t, p->from) - transfer_patience(t, p->subflow, p->d);
	size_t low = 0, high = reasons->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (time_of(t, reasons->items[mid].packet) < since)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < reasons->n && reasons->items[low].packet < p->to; low++) {
		const struct reason *r = &reasons->items[low];

		if (r->packet > p->from)
			*from = r->packet;
		if (!r->closed || r->packet > p->from)
			return 1;
	}
	return 0;
}

/* The others went on for long, without a reason that could be seen. */
static int outlived(struct transfer *t, const struct pause *p)
{
	size_t first = carries_after(t, p->d, p->from);
	size_t end = carries_after(t, p->d, p->to - 1);
	int64_t patience =
		transfer_patience(t, p->subflow, p->d) * HANDOVER_PATIENCE;

	return end - first >= HANDOVER_PACKETS &&
	       time_of(t, carried(t, p->d, end - 1)->packet) -
			       time_of(t, carried(t, p->d, first)->packet) >
		       patience;
}

static void report(struct transfer *t, const struct pause *p, uint32_t from)
{
	const struct flow_story *f = &t->flows[2 * p->subflow + p->d];
	size_t next = carries_after(t, p->d, from);
	size_t again = agains_after(f, from), progress = 0;
	size_t again_end = agains_after(f, p->to - 1);
	struct sighting s = { .direction = p->d };
	struct event *e = NULL;
	int64_t dsn = 0, since = time_of(t, p->from);

	if (again < again_end) {
		s.packet = f->agains[again].packet;
		s.subflow = f->agains[again].subflow;
		dsn = f->agains[again].x;
	} else if (next < t->carries[p->d].n &&
		   carried(t, p->d, next)->packet < p->to) {
		s.packet = carried(t, p->d, next)->packet;
		s.subflow = carried(t, p->d, next)->subflow;
		dsn = carried(t, p->d, next)->x;
	} else {
		return;
	}
	e = gather_add(t->g, &s, EVENT_HANDOVER, NULL);
	e->has |= EVENT_HAS_OTHER | EVENT_HAS_DSN | EVENT_HAS_GAP |
		  EVENT_HAS_BYTES;
	e->other = p->subflow;
	e->dsn = dsn;
	progress = progress_after(f, s.packet);
	if (progress > 0) {
		const struct progress *last = &f->progress[progress - 1];
		int64_t time = time_of(t, last->packet);

		if (last->acked != LEDGER_UNKNOWN) {
			e->has |= EVENT_HAS_ACKED;
			e->acked = last->acked;
		}
		if (again < again_end || time > since)
			since = time;
	}
	e->gap = e->time - since;
	if (again < again_end)
		e->bytes = f->agains[again_end - 1].bytes -
			   (again ? f->agains[again - 1].bytes : 0);
}

static void judge(struct transfer *t, const struct pause *p,
		  const struct reasons *reasons)
{
	int64_t last = pause_end(t, p);
	int64_t length = last - time_of(t, p->from);
	uint32_t from = p->from;

	if (length <= TIMELINE_STALL ||
	    length <= transfer_patience(t, p->subflow, p->d) || !in_use(t, p))
		return;
	if (stalled(t, p) || outlived(t, p) ||
	    left_on_purpose(t, p, reasons, &from))
		report(t, p, from);
}

static struct reasons *find_reasons(const struct transfer *t, size_t events)
{
	struct reasons *reasons =
		mem_calloc(t->g->conn->n_subflows, sizeof(*reasons));

	for (size_t i = 0; i < events; i++) {
		const struct event *e = &t->g->line->events[i];
		struct reasons *r = &reasons[e->subflow];
		int closed = e->kind == EVENT_FIN ||
			     e->kind == EVENT_TCP_RESET ||
			     e->kind == EVENT_FASTCLOSE;

		if (!closed && (e->kind != EVENT_PRIORITY || !e->backup))
			continue;
		MEM_PUSH_ROOM(r->items, r->n, r->cap);
		r->items[r->n++] = (struct reason){ e->packet, closed };
	}
	return reasons;
}

void handover_events(struct transfer *t)
{
	size_t n = t->g->conn->n_subflows;
	struct reasons *reasons = NULL;

	if (n < 2 || t->g->ledger->plain)
		return;
	reasons = find_reasons(t, t->g->line->n);
	for (size_t k = 0; k < 2 * n; k++) {
		const struct flow_story *f = &t->flows[k];
		struct pause p = { .d = (enum direction)(k % 2),
				   .subflow = (uint32_t)(k / 2) };

		for (size_t i = 0; i < f->n_carries; i++) {
			p.before = i + 1;
			p.from = carried(t, p.d, f->carries[i])->packet;
			p.to = FOR_GOOD;
			if (i + 1 < f->n_carries)
				p.to = carried(t, p.d, f->carries[i + 1])
					       ->packet;
			judge(t, &p, &reasons[k / 2]);
		}
	}
	for (size_t k = 0; k < n; k++)
		free(reasons[k].items);
	free(reasons);
}
