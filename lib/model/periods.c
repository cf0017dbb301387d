/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/periods.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

static int by_from(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	return COMPARE(a->from, b->from);
}

/* Sort, and merge periods that belong together. */
static void settle(struct periods *p)
{
	size_t n = 0;

	SORT(p->items, p->n, by_from);
	for (size_t i = 0; i < p->n; i++) {
		struct span *last = n ? &p->items[n - 1] : NULL;

		if (!last || p->items[i].from - last->to > p->gap)
			p->items[n++] = p->items[i];
		else if (p->items[i].to > last->to)
			last->to = p->items[i].to;
	}
	p->n = n;
}

void periods_add(struct periods *p, int64_t from, int64_t to)
{
	struct span *last = p->n ? &p->items[p->n - 1] : NULL;

	if (last && from >= last->from && from - last->to <= p->gap) {
		if (to > last->to)
			last->to = to;
		return;
	}
	if (p->n == p->cap) {
		settle(p);
		/* Then half of the array is free, so sorting remains rare. */
		if (p->n >= p->cap / 2) {
			p->cap = mem_grow(p->cap, p->cap * 2);
			p->items = mem_realloc(p->items, p->cap,
					       sizeof(*p->items));
		}
	}
	p->items[p->n++] = (struct span){ from, to };
}

int64_t periods_total(struct periods *p)
{
	int64_t total = 0;

	settle(p);
	for (size_t i = 0; i < p->n; i++)
		total += p->items[i].to - p->items[i].from;
	return total;
}

void periods_release(struct periods *p)
{
	free(p->items);
	*p = (struct periods)PERIODS_INIT(p->gap);
}
