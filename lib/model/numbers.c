/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/numbers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

void numbers_add_one(struct numbers *numbers, uint32_t number)
{
	*MEM_PUSH(numbers->items, numbers->n, numbers->cap) = number;
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
		numbers_add(numbers, trace_subflow(t, conn, k));
}

void numbers_sort(struct numbers *numbers)
{
	sort_uint32(numbers->items, numbers->n);
}

void numbers_release(struct numbers *numbers)
{
	free(numbers->items);
	*numbers = (struct numbers){ .items = NULL };
}
