/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/heap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_before(const struct heap_item *a, const struct heap_item *b)
{
	return a->key != b->key ? a->key < b->key : a->value < b->value;
}

void heap_push(struct heap *h, int64_t key, int64_t value)
{
	const struct heap_item item = { key, value };
	size_t k = h->n;

	MEM_PUSH(h->items, h->n, h->cap);
	for (; k > 0 && is_before(&item, &h->items[(k - 1) / 2]);
	     k = (k - 1) / 2)
		h->items[k] = h->items[(k - 1) / 2];
	h->items[k] = item;
}

struct heap_item heap_pop(struct heap *h)
{
	const struct heap_item top = h->items[0], last = h->items[--h->n];
	size_t k = 0, child = 1;

	for (; child < h->n; child = 2 * k + 1) {
		child += child + 1 < h->n &&
			 is_before(&h->items[child + 1], &h->items[child]);
		if (!is_before(&h->items[child], &last))
			break;
		h->items[k] = h->items[child];
		k = child;
	}
	h->items[k] = last;
	return top;
}

void heap_release(struct heap *h)
{
	free(h->items);
	memset(h, 0, sizeof(*h));
}
