/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/live_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "output/event_text.h"

const char *live_order_name(enum live_order order)
{
	static const char *const names[LIVE_ORDERS] = { "rate", "bytes", "age",
							"RTT",
							"retransmitted" };

	return names[order];
}

const char *live_state_name(enum live_state state)
{
	static const char *const names[] = {
		[LIVE_OPENING] = "opening",
		[LIVE_OPEN] = "open",
		[LIVE_CLOSING] = "closing",
		[LIVE_CLOSED] = "closed",
	};

	return names[state];
}

static uint64_t sum_of(const struct live_line *l, enum byte_class class)
{
	return l->flow[0].bytes.of[class] + l->flow[1].bytes.of[class];
}

uint64_t live_sent(const struct live_line *l)
{
	return l->flow[0].bytes.sent + l->flow[1].bytes.sent;
}

uint64_t live_lately(const struct live_line *l)
{
	return l->flow[0].lately + l->flow[1].lately;
}

static uint64_t retransmitted(const struct live_line *l)
{
	return sum_of(l, BYTES_TCP_RETRANSMITTED);
}

enum direction live_main(const struct live_line *l)
{
	return l->flow[TO_CLIENT].bytes.sent > l->flow[TO_SERVER].bytes.sent
		       ? TO_CLIENT
		       : TO_SERVER;
}

int64_t live_rtt(const struct live_line *l)
{
	const enum direction d = live_main(l);

	return l->flow[d].rtt ? l->flow[d].rtt : l->flow[!d].rtt;
}

const char *live_state_word(const struct live_line *l)
{
	if (l->state == LIVE_CLOSED)
		return live_state_name(l->state);
	if (l->flow[0].stalled || l->flow[1].stalled)
		return "stalled";
	if (l->state == LIVE_OPEN && (l->flow[0].backup || l->flow[1].backup))
		return "backup";
	return live_state_name(l->state);
}

void live_view_init(struct live_view *v, const struct live_moment *moment)
{
	*v = (struct live_view){ .moment = *moment };
}

static void forget_lines(struct live_lines *c)
{
	for (size_t k = 0; k < c->n; k++)
		free(c->subflows[k].interface);
	free(c->subflows);
	free(c->sum.interface);
}

static void clear(struct live_view *v)
{
	for (size_t i = 0; i < v->n; i++)
		forget_lines(&v->connections[i]);
	v->n = 0;
}

void live_view_release(struct live_view *v)
{
	clear(v);
	free(v->connections);
	for (size_t i = 0; i < LIVE_EVENTS; i++) {
		free(v->events[i].name);
		free(v->events[i].detail);
	}
}

void live_view_event(struct live_view *v, uint64_t connection,
		     const struct event_row *row)
{
	struct live_said *said = &v->events[v->n_events++ % LIVE_EVENTS];
	const struct event *e = row->event;
	struct strbuf detail = STRBUF_INIT;

	free(said->name);
	free(said->detail);
	event_put_detail(&detail, row);
	text_make_ascii(detail.text);
	*said = (struct live_said){
		.time = e->time,
		.has_time = !(e->has & EVENT_NO_TIME),
		.connection = connection,
		.has_stream = row->listing.stream != NULL,
		.from = !(e->has & EVENT_HAS_FROM) ? ""
			: e->from		   ? "server"
						   : "client",
		.name = mem_strdup(event_name(e->kind)),
		.detail = strbuf_detach(&detail),
	};
	if (said->has_stream)
		said->tcp_stream = row->listing.stream->tcp_stream;
}

static char *plain_name(const char *name)
{
	char *plain = mem_strdup(name ? name : "");

	text_make_ascii(plain);
	return plain;
}

static struct live_line line_of(const struct live_subflow *s)
{
	const struct stream *t = s->stream;

	return (struct live_line){
		.id = t->tcp_stream,
		.client = t->flipped ? t->server : t->client,
		.server = t->flipped ? t->client : t->server,
		.interface = plain_name(s->interface),
		.state = s->state,
		.first_time = t->first_time,
		.last_time = s->last_time,
		.flow = { s->flow[0], s->flow[1] },
	};
}

static struct live_lines lines_of(const struct live_connection *c)
{
	struct live_lines lines = {
		.sum = { .id = c->id,
			 .client = c->conn->side[0].end,
			 .server = c->conn->side[1].end,
			 .interface = plain_name(""),
			 .state = c->state,
			 .first_time = c->first_time,
			 .last_time = c->last_time,
			 .flow = { c->flow[0], c->flow[1] } },
		.n = c->n_subflows,
		.version = c->conn->version,
		.state = c->conn->state,
		.cause = c->conn->cause,
		.close = c->conn->close,
		.is_partial = c->is_partial,
	};

	lines.subflows = mem_calloc(c->n_subflows, sizeof(*lines.subflows));
	for (size_t k = 0; k < c->n_subflows; k++)
		lines.subflows[k] = line_of(&c->subflows[k]);
	return lines;
}

void live_view_take(struct live_view *v, struct live *live,
		    const struct live_moment *moment)
{
	size_t n = 0;
	const struct live_connection *all = live_connections(live, &n);

	v->moment = *moment;
	clear(v);
	for (size_t i = 0; i < n; i++)
		*MEM_PUSH(v->connections, v->n, v->cap) = lines_of(&all[i]);
}

static uint64_t weight(const struct live_lines *c, enum live_order order)
{
	uint64_t rtt = 0;

	switch (order) {
	case LIVE_BY_RATE: return live_lately(&c->sum);
	case LIVE_BY_BYTES: return live_sent(&c->sum);
	case LIVE_BY_AGE: return UINT64_MAX - (uint64_t)c->sum.first_time;
	case LIVE_BY_RETRANSMITTED: return retransmitted(&c->sum);
	case LIVE_BY_RTT:
	case LIVE_ORDERS: break;
	}
	for (size_t k = 0; k < c->n; k++) {
		const uint64_t one = (uint64_t)live_rtt(&c->subflows[k]);

		rtt = one > rtt ? one : rtt;
	}
	return rtt;
}

static int compare(const void *a, const void *b, void *order)
{
	const struct live_lines *x = a, *y = b;
	const enum live_order *by = order;
	const uint64_t left = weight(x, *by), right = weight(y, *by);

	if (left != right)
		return left < right ? 1 : -1;
	return x->sum.id < y->sum.id ? -1 : x->sum.id > y->sum.id;
}

void live_view_sort(struct live_view *v, enum live_order order)
{
	if (v->n)
		qsort_r(v->connections, v->n, sizeof(*v->connections), compare,
			&order);
}

size_t live_view_find(const struct live_view *v, uint64_t id)
{
	size_t i = 0;

	while (i < v->n && v->connections[i].sum.id != id)
		i++;
	return i;
}
