/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/split.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/numbers.h"
#include "read/extract.h"

/* Those of the streams that are marked, or that are not. */
static struct numbers numbers_of(const struct trace *t, const uint8_t *streams,
				 bool marked)
{
	struct numbers list = { .items = NULL };

	for (size_t i = 0; i < t->n_streams; i++)
		if (streams[i] == marked)
			numbers_add(&list, &t->streams[i]);
	numbers_sort(&list);
	return list;
}

/* Runs of numbers, so that many fit into a command line. */
static void put_streams(struct strbuf *out, const uint32_t *list, size_t n)
{
	strbuf_putc(out, '(');
	for (size_t i = 0; i < n; i++) {
		size_t from = i;

		while (i + 1 < n && list[i + 1] == list[i] + 1)
			i++;
		if (from)
			strbuf_puts(out, " or ");
		if (i == from)
			strbuf_printf(out, "tcp.stream==%" PRIu32, list[i]);
		else
			strbuf_printf(out,
				      "(tcp.stream>=%" PRIu32
				      " and tcp.stream<=%" PRIu32 ")",
				      list[from], list[i]);
	}
	strbuf_putc(out, ')');
}

static void make_filter(struct split *s, const struct trace *t,
			const uint8_t *streams, bool others)
{
	struct numbers list = numbers_of(t, streams, !others);

	strbuf_puts(&s->filter, others ? "not (" : "(");
	extract_put_filter(&s->filter);
	strbuf_puts(&s->filter, " and ");
	if (list.n)
		put_streams(&s->filter, list.items, list.n);
	else
		strbuf_puts(&s->filter, "not (tcp)");
	strbuf_putc(&s->filter, ')');
	numbers_release(&list);
}

void split_init(struct split *s, const struct trace *t, const uint8_t *streams,
		bool others)
{
	const struct packets *p = &t->packets;

	memset(s, 0, sizeof(*s));
	strbuf_init(&s->filter);
	s->n = t->info.packets;
	s->has = mem_calloc(s->n + 1, 1);
	memset(s->has, others, s->n);
	for (size_t i = 0; i < p->n; i++)
		if (p->frame[i] > 0 && p->frame[i] <= s->n)
			s->has[p->frame[i] - 1] = streams[p->stream[i]];
	for (uint64_t i = 0; i < s->n; i++)
		s->packets += s->has[i];
	make_filter(s, t, streams, others);
}

void split_release(struct split *s)
{
	free(s->has);
	strbuf_release(&s->filter);
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
