/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/split.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void split_init(struct split *s, const struct trace *t, const uint8_t *streams,
		bool others)
{
	const struct packets *p = &t->packets;

	memset(s, 0, sizeof(*s));
	s->n = t->info.packets;
	s->has = mem_calloc(s->n + 1, 1);
	memset(s->has, others, s->n);
	for (size_t i = 0; i < p->n; i++)
		if (p->frame[i] > 0 && p->frame[i] <= s->n)
			s->has[p->frame[i] - 1] = streams[p->stream[i]];
	for (uint64_t i = 0; i < s->n; i++)
		s->packets += s->has[i];
}

void split_release(struct split *s)
{
	free(s->has);
	memset(s, 0, sizeof(*s));
}

bool split_is_pattern(const char *pattern)
{
	const char *first = strstr(pattern, "%d");

	return first && !strstr(first + 2, "%d");
}

char *split_name(const char *pattern, uint32_t number)
{
	const char *at = strstr(pattern, "%d");

	return mem_printf("%.*s%" PRIu32 "%s", (int)(at - pattern), pattern,
			  number, at + 2);
}
