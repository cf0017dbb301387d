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

enum {
	END_SERVER,
	END_CLIENT,
	END_BOTH,
	ENDS
};

const char *select_end_name(int i)
{
	static const char *const names[] = { [END_SERVER] = "server",
					     [END_CLIENT] = "client",
					     [END_BOTH] = "both" };

	return i >= 0 && i < ENDS ? names[i] : NULL;
}

void select_release(struct select *s)
{
	free(s->items);
	free(s->streams);
	memset(s, 0, sizeof(*s));
}

int select_add(struct select *s, const char *text, struct error *err)
{
	struct selector item = { .is_token = strncasecmp(text, "0x", 2) == 0 };
	uint64_t number = 0;
	size_t n = strlen(text);

	if ((item.is_token ? num_hex(text, n, UINT32_MAX, &number)
			   : num_u64(text, n, UINT32_MAX, &number)) < 0)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for --connection: give "
				 "its number, or a token as 0x12ab34cd",
				 text);
	item.number = (uint32_t)number;
	*MEM_PUSH(s->items, s->n, s->cap) = item;
	return 0;
}

int select_add_stream(struct select *s, const char *text, struct error *err)
{
	uint64_t number = 0;

	if (num_u64(text, strlen(text), UINT32_MAX, &number) < 0)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for a TCP stream: give "
				 "its number, Wireshark's tcp.stream",
				 text);
	*MEM_PUSH(s->streams, s->n_streams, s->cap_streams) = (uint32_t)number;
	return 0;
}

int select_set_towards(struct select *s, const char *text, struct error *err)
{
	int i = 0;

	while (select_end_name(i) && strcmp(text, select_end_name(i)) != 0)
		i++;
	s->one_way = i != END_BOTH;
	s->towards = i == END_CLIENT ? TO_CLIENT : TO_SERVER;
	if (!select_end_name(i))
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for --towards: give "
				 "server, client or both",
				 text);
	return 0;
}

bool select_wants_direction(const struct select *s, enum direction d)
{
	return !s->one_way || s->towards == d;
}

static bool matches(const struct selector *item, const struct connection *conn)
{
	if (!item->is_token)
		return conn->id == item->number;
	for (size_t i = 0; i < 2; i++)
		if (conn->side[i].has_token &&
		    conn->side[i].token == item->number)
			return true;
	return false;
}

bool select_wants(const struct select *s, const struct connection *conn)
{
	for (size_t i = 0; i < s->n; i++)
		if (matches(&s->items[i], conn))
			return true;
	return s->n == 0;
}

uint8_t *select_streams(const struct select *s, const struct trace *t)
{
	uint8_t *marks = mem_calloc(t->n_streams + 1, 1);

	for (size_t i = 0; i < t->n_streams; i++) {
		long c = t->streams[i].connection;

		marks[i] = s->n == 0 && s->n_streams == 0;
		if (s->n && c >= 0)
			marks[i] = select_wants(s, &t->connections[c]);
	}
	for (size_t k = 0; k < s->n_streams; k++) {
		const struct stream *stream =
			trace_find_stream(t, s->streams[k]);

		if (stream)
			marks[stream - t->streams] = 1;
	}
	return marks;
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
			strbuf_puts(&text, "there are none");
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

static int unknown_stream(const struct trace *trace, uint32_t number,
			  struct error *err)
{
	if (trace->n_streams == 0)
		return error_set(err, EXIT_INPUT,
				 "'%s': no TCP stream %" PRIu32
				 "; there is none",
				 trace->info.path, number);
	return error_set(err, EXIT_INPUT,
			 "'%s': no TCP stream %" PRIu32
			 "; there are %zu, up to %" PRIu32,
			 trace->info.path, number, trace->n_streams,
			 trace->streams[trace->n_streams - 1].tcp_stream);
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
	for (size_t i = 0; i < s->n_streams; i++)
		if (!trace_find_stream(trace, s->streams[i]))
			return unknown_stream(trace, s->streams[i], err);
	return 0;
}
