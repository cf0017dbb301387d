/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "model/past.h"
#include "events/transfer.h"

static struct sighting sight(const struct transfer *t, uint32_t packet)
{
	const struct trace *trace = t->g->trace;
	const struct stream *stream =
		&trace->streams[trace->packets.stream[packet]];

	return (struct sighting){
		.packet = packet,
		.subflow = (uint32_t)stream->position,
		.stream = stream,
		.direction = ledger_direction(trace, packet),
	};
}

/* Add an event about the data of flow (subflow, d), which "packet" shows. */
static struct event *add(struct transfer *t, uint32_t packet, enum direction d,
			 enum event_kind kind)
{
	struct sighting s = sight(t, packet);

	s.direction = d;
	return gather_add(t->g, &s, kind, NULL);
}

/* A stall: data was outstanding on the flow, and none of it acknowledged. */
static void tell_silence(struct transfer *t, uint32_t subflow, enum direction d,
			 const struct silence *silence,
			 const uint32_t *recovered_by)
{
	const struct flow_story *f = &t->flows[2 * subflow + d];
	const int64_t gap = silence->to - silence->from;
	struct event *e = NULL;

	if (!f->flight.answered || !t->heard[!d] || gap <= FLIGHT_STALL ||
	    gap <= transfer_patience(t, subflow, d))
		return;
	e = add(t, silence->since, d, EVENT_STALLED);
	e->has |= EVENT_HAS_GAP | EVENT_HAS_BYTES;
	e->gap = gap;
	e->bytes = silence->bytes;
	if (!recovered_by)
		return;
	e = add(t, *recovered_by, d, EVENT_RECOVERED);
	e->has |= EVENT_HAS_GAP | EVENT_HAS_BYTES;
	e->gap = gap;
	e->bytes = silence->bytes;
}

/* Packet i may acknowledge data of the other direction. */
static void take_ack(struct transfer *t, const struct sighting *s, size_t at)
{
	const struct packets *p = &t->g->trace->packets;
	enum direction d = (enum direction) !s->direction;
	struct flow_story *f = &t->flows[2 * s->subflow + d];
	uint32_t i = s->packet;
	struct silence ended;
	int64_t ack = 0;

	if (!flight_reads_ack(&f->flight, p, i, &ack))
		return;
	proof_ack(t, i, f, ack, at);
	if (flight_raise(&f->flight, p, i, ack, &ended))
		tell_silence(t, s->subflow, d, &ended, &i);
}

static void first_data(struct transfer *t, const struct piece *piece)
{
	struct event *e =
		add(t, piece->packet, (enum direction)piece->direction,
		    EVENT_FIRST_DATA);

	if (piece->dsn == LEDGER_UNKNOWN)
		return;
	e->has |= EVENT_HAS_DSN;
	e->dsn = piece->dsn;
}

/* The same number again is the same event again, on whatever subflow. */
static void window_probe(struct transfer *t, const struct piece *piece)
{
	const struct sighting s = sight(t, piece->packet);
	size_t *note = &t->probe[s.direction];
	struct event *e = NULL;

	if (*note && t->g->line->events[*note - 1].dsn != piece->dsn)
		*note = 0;
	e = gather_once(t->g, &s, EVENT_WINDOW_PROBE, note);
	e->has |= EVENT_HAS_DSN;
	e->dsn = piece->dsn;
}

static size_t take_data(struct transfer *t, const struct sighting *s, size_t at)
{
	const struct packets *p = &t->g->trace->packets;
	const struct ledger *l = t->g->ledger;
	struct flow_story *f = &t->flows[2 * s->subflow + s->direction];
	size_t first = at;
	uint32_t i = s->packet;
	int64_t from = 0;

	if (!p->len[i])
		return at;
	if (!f->flight.has_sent && at < l->n_pieces &&
	    l->pieces[at].packet == i)
		first_data(t, &l->pieces[at]);
	from = flight_send(&f->flight, p, i);
	for (; at < l->n_pieces && l->pieces[at].packet <= i; at++)
		if (l->pieces[at].probe == PROBE_OF_WINDOW)
			window_probe(t, &l->pieces[at]);
	if (first < at)
		f->moved = from - l->pieces[first].ssn;
	proof_data(t, first, at);
	return at;
}

/* The state after the packets that were accounted earlier (past.h). */
static void go_on(const struct transfer *t, struct flight *flight,
		  const struct past_flow *past)
{
	const struct ledger *l = t->g->ledger;
	const struct packets *p = &t->g->trace->packets;

	if (!past->flight.sent.started)
		return;
	*flight = past->flight;
	for (size_t j = 0; flight->silent && j < l->first_packet; j++)
		if (p->frame[l->packets[j]] == past->silent_frame) {
			flight->since_packet = l->packets[j];
			return;
		}
	flight->silent = false;
}

static void start(struct transfer *t)
{
	const struct connection *c = t->g->conn;

	t->flows = mem_calloc(2 * c->n_subflows, sizeof(*t->flows));
	t->tcp = mem_calloc(c->n_subflows, sizeof(*t->tcp));
	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t->g->trace, c, k);
		const struct past_stream *past =
			past_find_stream(t->g->trace, s->tcp_stream);

		for (int d = 0; d < 2; d++) {
			struct flow_story *f = &t->flows[2 * k + (size_t)d];

			if (s->side[d ^ s->flipped].has_isn)
				flight_start(&f->flight,
					     s->side[d ^ s->flipped].isn);
			if (past)
				go_on(t, &f->flight, &past->flow[d]);
		}
	}
}

static void release_flow(struct flow_story *f)
{
	free(f->fresh.items);
	free(f->carries);
	free(f->returns.items);
	free(f->agains);
	free(f->progress);
	free(f->failures);
	stamps_release(&f->repeated);
	rangemap_release(&f->covered);
}

static void release(struct transfer *t)
{
	for (size_t k = 0; k < 2 * t->g->conn->n_subflows; k++)
		release_flow(&t->flows[k]);
	for (int d = 0; d < 2; d++) {
		free(t->by_data[d].items);
		free(t->backward[d].items);
		free(t->wakes[d].items);
		stamps_release(&t->mapped[d]);
	}
	free(t->effective);
	free(t->flows);
	free(t->tcp);
}

static void close_flows(struct transfer *t, uint32_t subflow, int64_t time)
{
	for (int d = 0; d < 2; d++) {
		struct silence ended;

		flight_end(&t->flows[2 * subflow + (uint32_t)d].flight, time,
			   &ended);
		tell_silence(t, subflow, (enum direction)d, &ended, NULL);
	}
}

/* An RST that refused a first SYN is irrelevant for the next one. */
static void revive(struct transfer *t, uint32_t subflow)
{
	t->flows[2 * subflow].flight.dead = false;
	t->flows[2 * subflow + 1].flight.dead = false;
}

/*
 * Only if packets of the receiver were captured can it be said that nothing
 * was acknowledged.
 */
static void hear(struct transfer *t)
{
	const struct trace *trace = t->g->trace;
	const struct ledger *l = t->g->ledger;

	for (size_t j = 0; j < l->n_packets && !(t->heard[0] && t->heard[1]);
	     j++)
		if (!(trace->packets.flags[l->packets[j]] & TCP_SYN))
			t->heard[ledger_direction(trace, l->packets[j])] = true;
}

void transfer_events(struct gather *g)
{
	struct transfer t = { .g = g };
	const struct ledger *l = g->ledger;
	size_t at = 0;

	start(&t);
	hear(&t);
	proof_begin(&t);
	for (size_t j = l->first_packet; j < l->n_packets; j++) {
		struct sighting s = sight(&t, l->packets[j]);

		if (g->trace->packets.flags[s.packet] & TCP_SYN)
			revive(&t, s.subflow);
		take_ack(&t, &s, at);
		proof_data_acks(&t, s.packet, at);
		at = take_data(&t, &s, at);
		if (g->trace->packets.flags[s.packet] & TCP_RST)
			close_flows(&t, s.subflow,
				    g->trace->packets.time[s.packet]);
	}
	for (uint32_t k = 0; k < g->conn->n_subflows; k++)
		close_flows(&t, k, g->conn->last_time);
	handover_events(&t);
	release(&t);
}
