/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/stamps.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"

void stamps_plan(struct stamps *s, int64_t from, int64_t to)
{
	*MEM_PUSH(s->edges, s->n, s->cap) = from;
	*MEM_PUSH(s->edges, s->n, s->cap) = to;
}

void stamps_ready(struct stamps *s)
{
	size_t n = 0;

	if (!s->n)
		return;
	sort_int64(s->edges, s->n);
	for (size_t i = 0; i < s->n; i++)
		if (!n || s->edges[i] != s->edges[n - 1])
			s->edges[n++] = s->edges[i];
	s->n = n;
	s->latest = mem_calloc(2 * n, sizeof(*s->latest));
}

/* The first edge above "at". */
static size_t above(const struct stamps *s, int64_t at)
{
	return LOWER_BOUND(k, 0, s->n, s->edges[k] <= at);
}

void stamps_put(struct stamps *s, int64_t from, int64_t to, uint32_t value)
{
	size_t low = above(s, from - 1) + s->n, high = above(s, to - 1) + s->n;

	for (; low < high; low /= 2, high /= 2) {
		if (low % 2)
			s->latest[low++] = value;
		if (high % 2)
			s->latest[--high] = value;
	}
}

uint32_t stamps_get(const struct stamps *s, int64_t at, int64_t *end)
{
	size_t next = above(s, at);
	uint32_t found = 0;

	*end = next < s->n ? s->edges[next] : INT64_MAX;
	if (!next)
		return 0;
	for (size_t k = next - 1 + s->n; k > 0; k /= 2)
		if (s->latest[k] > found)
			found = s->latest[k];
	return found;
}

void stamps_release(struct stamps *s)
{
	free(s->edges);
	free(s->latest);
	memset(s, 0, sizeof(*s));
}
