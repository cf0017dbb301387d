/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/comments.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "base/text.h"

void comments_add(struct comments *c, uint32_t frame, const char *text)
{
	struct comment *item = MEM_PUSH(c->items, c->n, c->cap);

	*item = (struct comment){ .frame = frame,
				  .order = (uint32_t)(c->n - 1),
				  .text = mem_strndup(text, COMMENT_MAX) };
	text_make_ascii(item->text);
}

static int by_frame(const void *x, const void *y)
{
	const struct comment *a = x, *b = y;

	return COMPARE(a->frame, b->frame) ?: COMPARE(a->order, b->order);
}

void comments_sort(struct comments *c)
{
	SORT(c->items, c->n, by_frame);
}

const struct comment *comments_find(const struct comments *c, uint32_t frame,
				    size_t *n)
{
	const size_t first = LOWER_BOUND(k, 0, c->n, c->items[k].frame < frame);
	const size_t end =
		LOWER_BOUND(k, first, c->n, c->items[k].frame <= frame);

	*n = end - first;
	return *n ? &c->items[first] : NULL;
}

void comments_release(struct comments *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->items[i].text);
	free(c->items);
	*c = (struct comments){ .n = 0 };
}
