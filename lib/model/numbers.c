/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/numbers.h"

#include <stdlib.h>

#include "base/mem.h"

void numbers_add_one(struct numbers *numbers, uint32_t number)
{
	MEM_PUSH_ROOM(numbers->items, numbers->n, numbers->cap);
	numbers->items[numbers->n++] = number;
}

void numbers_add(struct numbers *numbers, const struct stream *s)
{
	for (size_t k = 0; k <= s->n_also; k++)
		numbers_add_one(numbers, k ? s->also[k - 1] : s->tcp_stream);
}

void numbers_add_connection(struct numbers *numbers, const struct trace *t,
			    const struct connection *conn)
{
	for (size_t k = 0; k < conn->n_subflows; k++)
		numbers_add(numbers, &t->streams[conn->subflows[k]]);
}

static int by_number(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

void numbers_sort(struct numbers *numbers)
{
	if (numbers->n)
		qsort(numbers->items, numbers->n, sizeof(*numbers->items),
		      by_number);
}

void numbers_release(struct numbers *numbers)
{
	free(numbers->items);
	*numbers = (struct numbers){ .items = NULL };
}
