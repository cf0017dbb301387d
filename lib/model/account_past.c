/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account_run.h"
#include "model/past.h"

/* Copies ranges of data with their first senders into the past. */
struct remembering {
	const struct account *a;
	struct rangemap *to;
	int64_t old; /* below this position the sender is not recorded */
};

static void remember_range(void *ctx, const struct range *r)
{
	const struct remembering *m = ctx;
	const uint32_t position = r->value & ~PAST_OWNER;
	uint32_t stream = PAST_NOBODY;
	int64_t from = r->from;

	if (from < m->old) {
		int64_t to = r->to < m->old ? r->to : m->old;

		rangemap_claim(m->to, from, to, stream, NULL, NULL);
		from = to;
	}
	if (position < m->a->conn->n_subflows)
		stream = trace_subflow(m->a->trace, m->a->conn, position)
				 ->tcp_stream;
	if (from < r->to)
		rangemap_claim(m->to, from, r->to, stream, NULL, NULL);
}

static void remember_data(const struct account *a, int d,
			  struct past_connection *past)
{
	const struct data_line *line = &a->sequence.line[d];
	struct remembering m = { a, &past->data[d], INT64_MIN };

	if (line->has_ack)
		m.old = line->ack - PAST_DATA;
	rangemap_release(&past->data[d]);
	rangemap_each(&a->first[d], remember_range, &m);
	past->line[d] = *line;
	past->bytes[d] = a->conn->bytes[d];
}

static void merge_range(void *ctx, const struct range *r)
{
	rangemap_claim(ctx, r->from, r->to, 0, NULL, NULL);
}

/* Whether a byte of a mapping may still come. */
static void look_for_gap(void *ctx, int64_t from, int64_t to,
			 const uint32_t *owner)
{
	(void)from;
	(void)to;
	*(bool *)ctx |= !owner;
}

static int64_t end_of(const struct dss_mapping *m)
{
	return m->ssn + m->len;
}

/*
 * Keep mappings with bytes that may still come, and the one that ends last,
 * where data continues after a fallback (sequence_fallback.h).
 */
static void remember_mappings(const struct flow *f, struct past_flow *past)
{
	size_t last = 0;

	for (size_t i = 1; i < f->n; i++)
		if (end_of(&f->maps[i]) > end_of(&f->maps[last]))
			last = i;
	free(past->maps);
	past->maps = mem_calloc(f->n + 1, sizeof(*past->maps));
	past->n = 0;
	for (size_t i = 0; i < f->n; i++) {
		const struct dss_mapping *m = &f->maps[i];
		bool gap = false;

		rangemap_look(&past->seen, m->ssn, end_of(m), look_for_gap,
			      &gap);
		if (gap || i == last)
			past->maps[past->n++] = *m;
	}
	if (past->n > PAST_MAPPINGS) {
		memmove(past->maps, past->maps + past->n - PAST_MAPPINGS,
			PAST_MAPPINGS * sizeof(*past->maps));
		past->n = PAST_MAPPINGS;
	}
	past->maps = mem_realloc(past->maps, past->n + 1, sizeof(*past->maps));
}

static void remember_flow(const struct account *a, size_t k, int d,
			  struct past_flow *past)
{
	const struct flow *f = &a->sequence.flows[2 * k + (size_t)d];

	past->unwrap = f->unwrap;
	past->has_origin = f->has_origin;
	past->origin = f->origin;
	rangemap_release(&past->seen);
	rangemap_each(&a->seen[2 * k + (size_t)d], merge_range, &past->seen);
	rangemap_release(&past->after);
	rangemap_each(&a->data[2 * k + (size_t)d], merge_range, &past->after);
	remember_mappings(f, past);
}

static void count_packets(const struct account *a, size_t end,
			  struct past_connection *past)
{
	const struct sequence *q = &a->sequence;

	for (size_t j = q->first; j < q->n && q->packets[j] < end; j++) {
		const size_t i = q->packets[j];
		const struct stream *s =
			&a->trace->streams[a->trace->packets.stream[i]];

		past_open_stream(past, s->tcp_stream)
			->flow[ledger_direction(a->trace, i)]
			.packets++;
	}
}

/* Update the flight of the stream with one more packet. */
static void fly(const struct trace *t, size_t i, struct past_flow flow[2])
{
	const struct packets *p = &t->packets;
	const enum direction d = ledger_direction(t, i);
	struct flight *own = &flow[d].flight, *other = &flow[!d].flight;
	struct silence ended;
	int64_t ack = 0;

	if (p->flags[i] & TCP_SYN)
		own->dead = other->dead = false;
	if (flight_reads_ack(other, p, (uint32_t)i, &ack))
		flight_raise(other, p, (uint32_t)i, ack, &ended);
	if (p->len[i])
		flight_send(own, p, (uint32_t)i);
	for (int k = 0; (p->flags[i] & TCP_RST) && k < 2; k++)
		flight_end(&flow[k].flight, p->time[i], &ended);
	for (int k = 0; k < 2; k++)
		if (flow[k].flight.silent && flow[k].flight.since_packet == i)
			flow[k].silent_frame = p->frame[i];
}

/* A flight begins at the ISN, if it is known. */
static void start_flights(const struct stream *s, struct past_stream *past)
{
	for (int d = 0; d < 2; d++) {
		const struct stream_side *side = &s->side[d ^ s->flipped];

		if (!past->flow[d].flight.sent.started && side->has_isn)
			flight_start(&past->flow[d].flight, side->isn);
		past->flow[d].flight.since_packet = LEDGER_NO_PACKET;
	}
}

static void remember_flights(const struct account *a, size_t end,
			     struct past_connection *past)
{
	const struct sequence *q = &a->sequence;

	for (size_t k = 0; k < a->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(a->trace, a->conn, k);

		start_flights(s, past_open_stream(past, s->tcp_stream));
	}
	for (size_t j = q->first; j < q->n && q->packets[j] < end; j++) {
		const size_t i = q->packets[j];
		const struct stream *s =
			&a->trace->streams[a->trace->packets.stream[i]];

		fly(a->trace, i, past_open_stream(past, s->tcp_stream)->flow);
	}
}

static void remember(const struct account *a, size_t end, struct past *past)
{
	struct past_connection *c = past_open(past, a->trace, a->conn);
	const struct packets *p = &a->trace->packets;
	uint32_t frame = p->frame[0];

	for (size_t i = 1; i < p->n; i++)
		if ((int32_t)(p->frame[i] - frame) > 0)
			frame = p->frame[i];
	count_packets(a, end, c);
	remember_flights(a, end, c);
	for (size_t k = 0; k < a->conn->n_subflows; k++) {
		const struct stream *stream =
			trace_subflow(a->trace, a->conn, k);
		struct past_stream *s = past_open_stream(c, stream->tcp_stream);

		s->time = end < p->n ? p->time[end] : p->time[p->n - 1] + 1;
		s->frame = frame;
		for (int d = 0; d < 2; d++) {
			s->bytes[d] = stream->bytes[d];
			remember_flow(a, k, d, &s->flow[d]);
		}
	}
	for (int d = 0; d < 2; d++)
		remember_data(a, d, c);
}

void account_past(struct trace *t, struct past *past, size_t end)
{
	for (size_t i = 0; i < t->n_connections; i++) {
		struct account a = { .trace = t, .conn = &t->connections[i] };

		account_run(&a, end);
		remember(&a, end, past);
		account_release(&a);
		t->connections[i].accounted = false;
	}
	t->accounted = false;
}
