/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/arc.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

static const uint64_t NEAR = (uint64_t)1 << 31;

void arc_widen(struct arc *arc, uint64_t from, uint64_t to)
{
	if (arc->from == arc->to) {
		arc->from = from;
		arc->to = to;
		return;
	}
	if ((int64_t)(from - arc->from) < 0)
		arc->from = from;
	if ((int64_t)(to - arc->to) > 0)
		arc->to = to;
}

uint64_t arc_width(const struct arc *arc)
{
	return arc->to - arc->from;
}

void arcs_add(struct arcs *arcs, const struct arc *arc)
{
	if (arc->from == arc->to)
		return;
	*MEM_PUSH(arcs->items, arcs->n, arcs->cap) = *arc;
}

static int by_from(const void *x, const void *y)
{
	const struct arc *a = x, *b = y;

	return COMPARE(a->from, b->from) ?: COMPARE(a->owner, b->owner);
}

/* Distance from the beginning of "a" to that of "b". */
static uint64_t gap(const struct arc *a, const struct arc *b)
{
	return b->from - a->from;
}

/* Whether "b" begins within "a", or shortly after its end. */
static bool is_near(const struct arc *a, const struct arc *b)
{
	return gap(a, b) < arc_width(a) || gap(a, b) - arc_width(a) < NEAR;
}

static bool reaches_further(const struct arc *a, const struct arc *b)
{
	uint64_t reach = gap(a, b) + arc_width(b);

	return reach > arc_width(a) || reach < arc_width(b);
}

/* Twice around the circle, comparing with the arc that reaches furthest. */
void arcs_link(struct arcs *arcs, arc_fn *fn, void *ctx)
{
	const struct arc *a = arcs->items;

	if (!arcs->n)
		return;
	SORT(arcs->items, arcs->n, by_from);
	for (size_t i = 1; i < 2 * arcs->n; i++) {
		const struct arc *b = &arcs->items[i % arcs->n];

		if (a != b && is_near(a, b))
			fn(ctx, a, b);
		if (reaches_further(a, b))
			a = b;
	}
}

void arcs_release(struct arcs *arcs)
{
	free(arcs->items);
	*arcs = (struct arcs){ .items = NULL };
}
