/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void swap(struct heap_item *a, struct heap_item *b)
{
	struct heap_item t = *a;

	*a = *b;
	*b = t;
}

void heap_push(struct heap *h, int64_t key, int64_t value)
{
	size_t k = h->n;

	*MEM_PUSH(h->items, h->n, h->cap) = (struct heap_item){ key, value };
	for (; k > 0 && h->items[k].key < h->items[(k - 1) / 2].key;
	     k = (k - 1) / 2)
		swap(&h->items[k], &h->items[(k - 1) / 2]);
}

struct heap_item heap_pop(struct heap *h)
{
	struct heap_item top = h->items[0];
	size_t k = 0;

	h->items[0] = h->items[--h->n];
	for (;;) {
		size_t least = k, left = 2 * k + 1, right = left + 1;

		if (left < h->n && h->items[left].key < h->items[least].key)
			least = left;
		if (right < h->n && h->items[right].key < h->items[least].key)
			least = right;
		if (least == k)
			return top;
		swap(&h->items[k], &h->items[least]);
		k = least;
	}
}

void heap_release(struct heap *h)
{
	free(h->items);
	memset(h, 0, sizeof(*h));
}
