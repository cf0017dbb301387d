/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"

enum {
	TOKENS_SHOWN = 8 /* connections, in the message */
};

void select_release(struct select *s)
{
	free(s->items);
	memset(s, 0, sizeof(*s));
}

int select_add(struct select *s, const char *text, struct error *err)
{
	struct selector item = { .is_token = strncasecmp(text, "0x", 2) == 0 };
	uint64_t number = 0;
	size_t n = strlen(text);

	if ((item.is_token ? num_hex(text, n, UINT32_MAX, &number) :
			     num_u64(text, n, UINT32_MAX, &number)) < 0)
		return error_set(err, EXIT_USAGE,
				 "'%s' is not a connection: give its number, "
				 "or a token as 0x12ab34cd",
				 text);
	item.number = (uint32_t)number;
	MEM_PUSH_ROOM(s->items, s->n, s->cap);
	s->items[s->n++] = item;
	return 0;
}

static int matches(const struct selector *item, const struct connection *conn)
{
	if (!item->is_token)
		return conn->id == item->number;
	for (size_t i = 0; i < 2; i++)
		if (conn->side[i].has_token &&
		    conn->side[i].token == item->number)
			return 1;
	return 0;
}

int select_wants(const struct select *s, const struct connection *conn)
{
	for (size_t i = 0; i < s->n; i++)
		if (matches(&s->items[i], conn))
			return 1;
	return s->n == 0;
}

static void list_tokens(const struct trace *trace, struct strbuf *out)
{
	size_t i = 0;

	for (; i < trace->n_connections && i < TOKENS_SHOWN; i++)
		for (size_t side = 0; side < 2; side++)
			if (trace->connections[i].side[side].has_token)
				strbuf_printf(
					out, " 0x%08" PRIx32,
					trace->connections[i].side[side].token);
	if (i < trace->n_connections)
		strbuf_puts(out, " ...");
	if (out->len == 0)
		strbuf_puts(out, " none");
}

static int unknown(const struct selector *item, const struct trace *trace,
		   struct error *err)
{
	const char *path = trace->info.path;
	size_t n = trace->n_connections;
	struct strbuf text = STRBUF_INIT;

	if (item->is_token) {
		list_tokens(trace, &text);
		error_set(err, EXIT_INPUT,
			  "'%s': no connection with token 0x%08" PRIx32
			  "; there are:%s",
			  path, item->number, text.text);
	} else {
		if (n == 0)
			strbuf_puts(&text, "there is none");
		else if (n == 1)
			strbuf_puts(&text, "there is only 0");
		else
			strbuf_printf(&text, "there are 0 to %zu", n - 1);
		error_set(err, EXIT_INPUT,
			  "'%s': no connection %" PRIu32 "; %s", path,
			  item->number, text.text);
	}
	strbuf_release(&text);
	return -1;
}

int select_check(const struct select *s, const struct trace *trace,
		 struct error *err)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t c = 0;

		while (c < trace->n_connections &&
		       !matches(&s->items[i], &trace->connections[c]))
			c++;
		if (c == trace->n_connections)
			return unknown(&s->items[i], trace, err);
	}
	return 0;
}
