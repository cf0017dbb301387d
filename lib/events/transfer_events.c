/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
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

/* An event of the data of flow (subflow, d), which "packet" shows. */
static struct event *add(struct transfer *t, uint32_t packet, enum direction d,
			 enum event_kind kind)
{
	struct sighting s = sight(t, packet);

	s.direction = d;
	return gather_add(t->g, &s, kind, NULL);
}

static void end_silence(struct transfer *t, uint32_t subflow, enum direction d,
			int64_t time, const uint32_t *recovered_by)
{
	struct flow_story *f = &t->flows[2 * subflow + d];
	int64_t gap = time - f->since;
	struct event *e = NULL;

	if (!f->silent)
		return;
	f->silent = 0;
	if (!f->answered || !t->heard[!d] || gap <= TIMELINE_STALL ||
	    gap <= transfer_patience(t, subflow, d))
		return;
	MEM_PUSH_ROOM(f->stalls, f->n_stalls, f->cap_stalls);
	f->stalls[f->n_stalls++] = (struct stall){ f->since, time };
	e = add(t, f->since_packet, d, EVENT_STALLED);
	e->has |= EVENT_HAS_GAP | EVENT_HAS_BYTES;
	e->gap = gap;
	e->bytes = (uint64_t)(f->high - f->ack);
	if (!recovered_by)
		return;
	e = add(t, *recovered_by, d, EVENT_RECOVERED);
	e->has |= EVENT_HAS_GAP | EVENT_HAS_BYTES;
	e->gap = gap;
	e->bytes = (uint64_t)(f->high - f->ack);
}

static void begin_silence(struct transfer *t, struct flow_story *f,
			  uint32_t packet)
{
	if (f->silent || f->dead || !f->has_sent || f->high <= f->ack)
		return;
	f->silent = 1;
	f->since = t->g->trace->packets.time[packet];
	f->since_packet = packet;
}

/* How far the data was acknowledged on this flow. */
static void settle_acked(struct transfer *t, struct flow_story *f)
{
	while (f->waiting.n && f->waiting.items[0].key < f->ack) {
		const struct piece *piece =
			&t->g->ledger->pieces[f->waiting.items[0].value];
		int64_t part = f->ack - f->waiting.items[0].key;

		if (part > piece->len)
			part = piece->len;
		f->acked = piece->x + part;
		if (part < piece->len)
			return;
		heap_pop(&f->waiting);
	}
}

/* Packet i may acknowledge what goes the other way. */
static void take_ack(struct transfer *t, const struct sighting *s)
{
	const struct packets *p = &t->g->trace->packets;
	enum direction d = (enum direction) !s->direction;
	struct flow_story *f = &t->flows[2 * s->subflow + d];
	uint32_t i = s->packet;
	int64_t ack = 0;

	if ((p->flags[i] & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return;
	f->answered = 1;
	if ((p->flags[i] & TCP_SYN) || !f->sent.started)
		return;
	ack = (int64_t)unwrap_nearest((uint64_t)f->sent.last,
				      p->ack[i] - f->sent.base);
	if (f->has_ack && ack <= f->ack)
		return;
	end_silence(t, s->subflow, d, p->time[i], &i);
	f->has_ack = 1;
	f->ack = ack;
	settle_acked(t, f);
	MEM_PUSH_ROOM(f->progress, f->n_progress, f->cap_progress);
	f->progress[f->n_progress++] = (struct progress){ i, f->acked };
	begin_silence(t, f, i);
}

/* Piece "at" has data that no packet had before. */
static void carry(struct transfer *t, struct flow_story *f, size_t at)
{
	const struct piece *pieces = t->g->ledger->pieces;
	struct carries *all = &t->carries[pieces[at].direction];
	struct carry *last = all->n ? &all->items[all->n - 1] : NULL;
	uint64_t before = last ? last->bytes : 0;

	if (last && pieces[last->piece].packet == pieces[at].packet) {
		last->bytes += pieces[at].len;
		return;
	}
	MEM_PUSH_ROOM(f->carries, f->n_carries, f->cap_carries);
	f->carries[f->n_carries++] = (uint32_t)all->n;
	MEM_PUSH_ROOM(all->items, all->n, all->cap);
	all->items[all->n++] =
		(struct carry){ (uint32_t)at, before + pieces[at].len };
}

static void send_again(struct transfer *t, const struct piece *piece)
{
	const struct trace *trace = t->g->trace;
	size_t from =
		trace->streams[trace->packets.stream[piece->original]].position;
	struct flow_story *f = &t->flows[2 * from + piece->direction];
	uint64_t before = f->n_agains ? f->agains[f->n_agains - 1].bytes : 0;

	MEM_PUSH_ROOM(f->agains, f->n_agains, f->cap_agains);
	f->agains[f->n_agains++] =
		(struct again){ piece->packet, piece->subflow, piece->x,
				before + piece->len };
}

static void first_data(struct transfer *t, const struct piece *piece)
{
	struct event *e =
		add(t, piece->packet, (enum direction)piece->direction,
		    EVENT_FIRST_DATA);

	if (piece->x == LEDGER_UNKNOWN)
		return;
	e->has |= EVENT_HAS_DSN;
	e->dsn = piece->x;
}

/* One packet's pieces, from index "at" on; returns where they end. */
static size_t take_pieces(struct transfer *t, const struct sighting *s,
			  size_t at, int64_t q)
{
	const struct ledger *l = t->g->ledger;
	struct flow_story *f = &t->flows[2 * s->subflow + s->direction];
	size_t first = at;

	for (; at < l->n_pieces && l->pieces[at].packet <= s->packet; at++) {
		const struct piece *piece = &l->pieces[at];

		if (piece->x == LEDGER_UNKNOWN ||
		    piece->byte_class == BYTES_TCP_RETRANSMITTED)
			continue;
		heap_push(&f->waiting, q + piece->q - l->pieces[first].q,
			  (int64_t)at);
		if (piece->byte_class == BYTES_UNIQUE)
			carry(t, f, at);
		else if (piece->byte_class == BYTES_REINJECTED)
			send_again(t, piece);
	}
	return at;
}

static size_t take_data(struct transfer *t, const struct sighting *s, size_t at)
{
	const struct packets *p = &t->g->trace->packets;
	const struct ledger *l = t->g->ledger;
	struct flow_story *f = &t->flows[2 * s->subflow + s->direction];
	uint32_t i = s->packet;
	int64_t q =
		unwrap_next(&f->sent, p->seq[i]) + !!(p->flags[i] & TCP_SYN);
	int64_t end = q + p->len[i];

	if (!p->len[i])
		return at;
	if (!f->has_sent && at < l->n_pieces && l->pieces[at].packet == i)
		first_data(t, &l->pieces[at]);
	if (!f->has_sent && !f->has_ack)
		f->ack = q;
	if (!f->has_sent || end > f->high)
		f->high = end;
	f->has_sent = 1;
	begin_silence(t, f, i);
	return take_pieces(t, s, at, q);
}

static void start(struct transfer *t)
{
	const struct connection *c = t->g->conn;

	t->flows = mem_calloc(2 * c->n_subflows, sizeof(*t->flows));
	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = &t->g->trace->streams[c->subflows[k]];

		for (int d = 0; d < 2; d++) {
			struct flow_story *f = &t->flows[2 * k + (size_t)d];

			f->acked = LEDGER_UNKNOWN;
			if (s->side[d ^ s->flipped].has_isn)
				unwrap_start(&f->sent,
					     s->side[d ^ s->flipped].isn);
		}
	}
}

static void release(struct transfer *t)
{
	for (size_t k = 0; k < 2 * t->g->conn->n_subflows; k++) {
		free(t->flows[k].carries);
		free(t->flows[k].agains);
		free(t->flows[k].progress);
		free(t->flows[k].stalls);
		heap_release(&t->flows[k].waiting);
	}
	free(t->flows);
	free(t->carries[0].items);
	free(t->carries[1].items);
}

static void close_flows(struct transfer *t, uint32_t subflow, int64_t time)
{
	for (int d = 0; d < 2; d++) {
		end_silence(t, subflow, (enum direction)d, time, NULL);
		t->flows[2 * subflow + (uint32_t)d].dead = 1;
	}
}

/* An RST that refused a first SYN does not matter to the one that follows. */
static void revive(struct transfer *t, uint32_t subflow)
{
	t->flows[2 * subflow].dead = t->flows[2 * subflow + 1].dead = 0;
}

/* That nothing was acknowledged can be said of who was captured. */
static void hear(struct transfer *t)
{
	const struct trace *trace = t->g->trace;
	const struct ledger *l = t->g->ledger;

	for (size_t j = 0; j < l->n_packets && !(t->heard[0] && t->heard[1]);
	     j++)
		if (!(trace->packets.flags[l->packets[j]] & TCP_SYN))
			t->heard[ledger_direction(trace, l->packets[j])] = 1;
}

void transfer_events(struct gather *g)
{
	struct transfer t = { .g = g };
	const struct ledger *l = g->ledger;
	size_t at = 0;

	start(&t);
	hear(&t);
	for (size_t j = 0; j < l->n_packets; j++) {
		struct sighting s = sight(&t, l->packets[j]);

		if (g->trace->packets.flags[s.packet] & TCP_SYN)
			revive(&t, s.subflow);
		take_ack(&t, &s);
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
