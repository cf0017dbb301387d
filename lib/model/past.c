/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool past_has(const struct past_stream *s, const struct packets *p, size_t i)
{
	return p->time[i] < s->time && (int32_t)(p->frame[i] - s->frame) <= 0;
}

static struct past_stream *find_stream(const struct past_connection *c,
				       uint32_t tcp_stream)
{
	const long at = number_index_find(&c->by_number, tcp_stream);

	return at < 0 ? NULL : &c->streams[at];
}

const struct past_stream *past_find_stream(const struct trace *t,
					   uint32_t tcp_stream)
{
	const struct past_stream *found = NULL;

	for (size_t i = 0; t->past && i < t->past->n && !found; i++)
		found = find_stream(&t->past->connections[i], tcp_stream);
	return found;
}

static struct past_connection *find(const struct past *past,
				    const struct trace *t,
				    const struct connection *conn)
{
	for (size_t k = 0; k < conn->n_subflows; k++)
		for (size_t i = 0; i < past->n; i++)
			if (find_stream(&past->connections[i],
					trace_subflow(t, conn, k)->tcp_stream))
				return &past->connections[i];
	return NULL;
}

const struct past_connection *past_find(const struct trace *t,
					const struct connection *conn)
{
	return t->past ? find(t->past, t, conn) : NULL;
}

struct past_connection *past_open(struct past *past, const struct trace *t,
				  const struct connection *conn)
{
	struct past_connection *c = find(past, t, conn);

	if (c)
		return c;
	c = MEM_PUSH(past->connections, past->n, past->cap);
	memset(c, 0, sizeof(*c));
	return c;
}

struct past_stream *past_open_stream(struct past_connection *c,
				     uint32_t tcp_stream)
{
	uint32_t *at = number_index_place(&c->by_number, tcp_stream);
	struct past_stream *s = NULL;

	if (*at)
		return &c->streams[*at - 1];
	s = MEM_PUSH(c->streams, c->n, c->cap);
	*at = (uint32_t)c->n;
	memset(s, 0, sizeof(*s));
	s->tcp_stream = tcp_stream;
	return s;
}

struct claiming {
	int64_t origin;
	struct rangemap *now;
};

static void claim(void *ctx, const struct range *r)
{
	const struct claiming *to = ctx;

	rangemap_claim(to->now, r->from - to->origin, r->to - to->origin,
		       PAST_OWNER | PAST_NOBODY, NULL, NULL);
}

void past_claim(const struct rangemap *before, int64_t origin,
		struct rangemap *now)
{
	struct claiming to = { origin, now };

	rangemap_each(before, claim, &to);
}

/* Copies ranges whose owners are streams into a current map. */
struct recalling {
	const struct trace *trace;
	const struct connection *conn;
	struct rangemap *now;
};

static uint32_t position_of(const struct recalling *r, uint32_t tcp_stream)
{
	for (size_t k = 0; k < r->conn->n_subflows; k++)
		if (trace_subflow(r->trace, r->conn, k)->tcp_stream ==
		    tcp_stream)
			return (uint32_t)k;
	return PAST_NOBODY;
}

static void claim_data(void *ctx, const struct range *r)
{
	const struct recalling *to = ctx;

	rangemap_claim(to->now, r->from, r->to,
		       PAST_OWNER | position_of(to, r->value), NULL, NULL);
}

void past_claim_data(const struct trace *t, const struct connection *conn,
		     const struct past_connection *before, int d,
		     struct rangemap *now)
{
	struct recalling to = { t, conn, now };

	rangemap_each(&before->data[d], claim_data, &to);
}

void past_join(struct past *to, struct past *from)
{
	for (size_t i = 0; i < from->n; i++)
		*MEM_PUSH(to->connections, to->n, to->cap) =
			from->connections[i];
	free(from->connections);
	memset(from, 0, sizeof(*from));
}

static void release_stream(struct past_stream *s)
{
	for (int d = 0; d < 2; d++) {
		rangemap_release(&s->flow[d].seen);
		rangemap_release(&s->flow[d].after);
		free(s->flow[d].maps);
	}
}

static void release_connection(struct past_connection *c)
{
	for (size_t k = 0; k < c->n; k++)
		release_stream(&c->streams[k]);
	free(c->streams);
	number_index_release(&c->by_number);
	rangemap_release(&c->data[0]);
	rangemap_release(&c->data[1]);
}

void past_release(struct past *past)
{
	for (size_t i = 0; i < past->n; i++)
		release_connection(&past->connections[i]);
	free(past->connections);
	memset(past, 0, sizeof(*past));
}
