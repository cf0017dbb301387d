/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"

void reorder_init(struct reorder *r, size_t n_subflows, bool has_first,
		  int64_t first)
{
	memset(r, 0, sizeof(*r));
	r->has_next = has_first;
	r->next = first;
	r->result.n_subflows = n_subflows;
	r->result.blocked_by = mem_calloc(n_subflows, sizeof(int64_t));
}

/* The earliest packet before it that began above "first": RFC 4737 4.2.1. */
static void measure_extent(struct reorder *r, int64_t first, uint64_t index)
{
	size_t k =
		LOWER_BOUND(i, 0, r->n_records, r->records[i].first <= first);

	if (k < r->n_records)
		samples_add(&r->extents,
			    (int64_t)(index - r->records[k].index));
}

/*
 * How many packets directly before this one began above it: RFC 4737 5.3.  The
 * stack contains those that no later packet is below.
 */
static uint64_t degree(struct reorder *r, int64_t first, uint64_t index)
{
	while (r->n_stack && r->stack[r->n_stack - 1].first > first)
		r->n_stack--;
	return r->n_stack ? index - r->stack[r->n_stack - 1].index - 1 : index;
}

static void begin_packet(struct reorder *r, int64_t time, int64_t first)
{
	uint64_t index = r->result.packets++;
	uint64_t n = degree(r, first, index);

	if (r->has_highest && first < r->highest) {
		r->result.late++;
		r->result.late3 += n >= 3;
		if (n > r->result.degree_max)
			r->result.degree_max = n;
		measure_extent(r, first, index);
	}
	*MEM_PUSH(r->stack, r->n_stack, r->cap_stack) =
		(struct reorder_record){ first, index };
	if (!r->n_records || first > r->records[r->n_records - 1].first) {
		*MEM_PUSH(r->records, r->n_records, r->cap_records) =
			(struct reorder_record){ first, index };
	}
	if (!r->has_next) {
		r->has_next = true;
		r->next = first;
	}
	if (r->closed)
		r->result.unresolved++;
	else if (first <= r->next)
		samples_add(&r->delays, 0);
	else
		heap_push(&r->waits, first, time);
}

/* Data was held back until "time"; by -1: unknown what ended it. */
static void end_stretch(struct reorder *r, int64_t time, long by)
{
	int64_t ns = time - r->since;

	if (!r->waiting)
		return;
	r->result.blocked += ns;
	r->chain += ns;
	if (by >= 0)
		r->result.blocked_by[by] += ns;
	if (r->chain > r->result.blocked_max)
		r->result.blocked_max = r->chain;
	r->waiting = false;
}

static void begin_stretch(struct reorder *r, int64_t time)
{
	r->waiting = true;
	r->since = time;
}

/* The bytes up to "to" have arrived, contiguous with what waited above. */
static void advance(struct reorder *r, int64_t time, uint32_t subflow,
		    int64_t to)
{
	struct range range;

	end_stretch(r, time, (long)subflow);
	if (rangemap_find(&r->received, to - 1, &range) && range.to > to) {
		r->held -= (uint64_t)(range.to - to);
		to = range.to;
	}
	r->next = to;
	while (r->waits.n && r->waits.items[0].key <= r->next)
		samples_add(&r->delays, time - heap_pop(&r->waits).value);
	if (r->held)
		begin_stretch(r, time);
	else
		r->chain = 0;
}

void reorder_arrive(struct reorder *r, uint32_t packet, int64_t time,
		    uint32_t subflow, int64_t from, int64_t to)
{
	if (!r->has_packet || r->packet != packet)
		begin_packet(r, time, from);
	r->has_packet = true;
	r->packet = packet;
	if (!r->has_highest || to > r->highest)
		r->highest = to;
	r->has_highest = true;
	if (r->closed)
		return;
	rangemap_claim(&r->received, from, to, 0, NULL, NULL);
	if (to <= r->next)
		return;
	if (from <= r->next) {
		advance(r, time, subflow, to);
		return;
	}
	if (!r->held)
		begin_stretch(r, time);
	r->held += (uint64_t)(to - from);
	if (r->held > r->result.held_max)
		r->result.held_max = r->held;
}

static void count_owned(void *ctx, int64_t from, int64_t to,
			const uint32_t *owner)
{
	if (owner)
		*(uint64_t *)ctx += (uint64_t)(to - from);
}

void reorder_acked(struct reorder *r, int64_t dsn)
{
	struct range range;
	uint64_t passed = 0;

	if (!r->has_next || dsn <= r->next || r->closed)
		return;
	if (rangemap_find(&r->received, dsn, &range))
		dsn = range.to;
	rangemap_look(&r->received, r->next, dsn, count_owned, &passed);
	r->held -= passed;
	r->next = dsn;
	for (; r->waits.n && r->waits.items[0].key <= dsn;
	     r->result.unresolved++)
		heap_pop(&r->waits);
	r->waiting = false;
	r->chain = 0;
}

void reorder_close(struct reorder *r, int64_t time)
{
	end_stretch(r, time, -1);
	r->closed = true;
	r->held = 0;
}

void reorder_finish(struct reorder *r, int64_t time, struct reordering *out)
{
	end_stretch(r, time, -1);
	r->result.unresolved += r->waits.n;
	samples_describe(&r->delays, &r->result.delay);
	samples_describe(&r->extents, &r->result.extent);
	*out = r->result;
	rangemap_release(&r->received);
	heap_release(&r->waits);
	free(r->records);
	free(r->stack);
	samples_release(&r->delays);
	samples_release(&r->extents);
	memset(r, 0, sizeof(*r));
}

void reordering_release(struct reordering *out)
{
	free(out->blocked_by);
	memset(out, 0, sizeof(*out));
}
