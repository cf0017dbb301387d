/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account_run.h"
#include "model/past.h"
#include "model/window_probe.h"
#include "os/parallel.h"

/* A segment whose bytes are being classified. */
struct turn {
	struct account *a;
	const struct segment *s;
	uint32_t who;
	int64_t moved;	/* data position minus subflow position */
	uint32_t first; /* sender of the bytes on another subflow */
	bool has_original;
	uint32_t original;
	uint64_t bytes[BYTE_CLASSES];
};

/* Whether these bytes continue the piece written last. */
static bool continues(const struct piece *p, const struct turn *t, int64_t ssn,
		      int64_t dsn, enum byte_class c, uint32_t original)
{
	return p->packet == t->s->packet && p->byte_class == c &&
	       p->original == original && p->ssn + p->len == ssn &&
	       p->dsn != LEDGER_UNKNOWN && p->dsn + p->len == dsn;
}

static void write_piece(const struct turn *t, int64_t ssn, int64_t dsn,
			uint64_t len, enum byte_class c)
{
	struct ledger *l = t->a->ledger;
	uint32_t original = t->has_original ? t->original : LEDGER_NO_PACKET;

	if (l->n_pieces &&
	    continues(&l->pieces[l->n_pieces - 1], t, ssn, dsn, c, original)) {
		l->pieces[l->n_pieces - 1].len += (uint32_t)len;
		return;
	}
	*MEM_PUSH(l->pieces, l->n_pieces, l->cap_pieces) = (struct piece){
		.ssn = ssn,
		.dsn = dsn,
		.len = (uint32_t)len,
		.packet = (uint32_t)t->s->packet,
		.original = original,
		.subflow = t->s->subflow,
		.direction = (uint8_t)t->s->direction,
		.byte_class = (uint8_t)c,
	};
}

static void settle(struct turn *t, int64_t ssn, int64_t dsn, int64_t len,
		   enum byte_class c, const uint32_t *owner)
{
	t->bytes[c] += (uint64_t)len;
	t->has_original = owner && !(*owner & PAST_OWNER);
	t->original = t->has_original ? *owner : 0;
	if (t->a->ledger)
		write_piece(t, ssn, dsn, (uint64_t)len, c);
}

static void after_another(void *ctx, int64_t from, int64_t to,
			  const uint32_t *owner)
{
	struct turn *t = ctx;

	settle(t, from - t->moved, from, to - from,
	       owner ? BYTES_MPTCP_REPEATED : BYTES_REINJECTED,
	       owner ? owner : &t->first);
}

static uint32_t subflow_of(const struct account *a, uint32_t who)
{
	const struct trace *trace = a->trace;

	if (who & PAST_OWNER)
		return who & ~PAST_OWNER;
	if (!a->ledger)
		return who;
	return (uint32_t)trace->streams[trace->packets.stream[who]].position;
}

static void in_direction(void *ctx, int64_t from, int64_t to,
			 const uint32_t *owner)
{
	struct turn *t = ctx;
	size_t k = 2 * (size_t)t->s->subflow + t->s->direction;

	if (owner && subflow_of(t->a, *owner) != t->s->subflow) {
		t->first = *owner;
		rangemap_claim(&t->a->data[k], from, to, t->who, after_another,
			       t);
	} else {
		settle(t, from - t->moved, from, to - from,
		       owner ? BYTES_MPTCP_REPEATED : BYTES_UNIQUE, owner);
	}
}

/*
 * Data in the SYN has no subflow sequence number but is data nevertheless (RFC
 * 8684 appendix B); so is, on any subflow, what is sent after a fallback.
 */
static void unmapped(struct turn *t, int64_t from, int64_t to)
{
	const struct connection *conn = t->a->conn;
	const struct stream *stream =
		trace_subflow(t->a->trace, conn, t->s->subflow);
	int64_t syn_data =
		stream->side[t->s->direction ^ stream->flipped].syn_data;
	int64_t number = 1;

	if (from < number && from >= number - syn_data &&
	    t->s->flow->has_origin) {
		int64_t end = to < number ? to : number;

		settle(t, from, LEDGER_UNKNOWN, end - from, BYTES_UNIQUE, NULL);
		from = end;
	}
	if (from < to)
		settle(t, from, LEDGER_UNKNOWN, to - from,
		       conn->state == CONN_FALLBACK ? BYTES_UNIQUE
						    : BYTES_UNMAPPED,
		       NULL);
}

static void by_mapping(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct turn *t = ctx;
	const struct flow *f = t->s->flow;

	if (!owner) {
		unmapped(t, from, to);
		return;
	}
	t->moved = f->maps[*owner].dsn - f->maps[*owner].ssn;
	rangemap_claim(&t->a->first[t->s->direction], from + t->moved,
		       to + t->moved, t->who, in_direction, t);
}

/* The data positions of retransmitted bytes, for the ledger. */
static void again_by_mapping(void *ctx, int64_t from, int64_t to,
			     const uint32_t *owner)
{
	struct turn *t = ctx;
	const struct flow *f = t->s->flow;
	uint32_t original = t->original;
	int64_t dsn = LEDGER_UNKNOWN;

	if (owner)
		dsn = from + f->maps[*owner].dsn - f->maps[*owner].ssn;
	settle(t, from, dsn, to - from, BYTES_TCP_RETRANSMITTED, &original);
}

/*
 * After a fallback the bytes of the one subflow are the data.  Bytes of other
 * subflows, if there are any, have no position.
 */
static void in_plain(struct turn *t, int64_t from, int64_t to,
		     const uint32_t *owner)
{
	if (t->s->subflow > 0)
		settle(t, from, LEDGER_UNKNOWN, to - from,
		       owner ? BYTES_TCP_RETRANSMITTED : BYTES_UNIQUE, owner);
	else if (owner)
		settle(t, from, from, to - from, BYTES_TCP_RETRANSMITTED,
		       owner);
	else
		rangemap_claim(&t->a->first[t->s->direction], from, to, t->who,
			       in_direction, t);
}

static void by_subflow_byte(void *ctx, int64_t from, int64_t to,
			    const uint32_t *owner)
{
	struct turn *t = ctx;
	struct flow *flow = t->s->flow;

	t->moved = 0;
	if (t->a->sequence.plain) {
		in_plain(t, from, to, owner);
	} else if (!owner) {
		rangemap_look_near(&flow->by_ssn, &flow->near, from, to,
				   by_mapping, t);
	} else if (t->a->ledger) {
		t->original = *owner;
		rangemap_look_near(&flow->by_ssn, &flow->near, from, to,
				   again_by_mapping, t);
	} else {
		settle(t, from, LEDGER_UNKNOWN, to - from,
		       BYTES_TCP_RETRANSMITTED, owner);
	}
}

static void add_counts(struct byte_counts *to, const struct turn *t)
{
	to->sent += t->s->len;
	to->packets++;
	for (int c = 0; c < BYTE_CLASSES; c++) {
		to->of[c] += t->bytes[c];
		to->packets_of[c] += t->bytes[c] > 0;
	}
}

/* Process the packets up to "end" that are in the trace. */
static void classify(struct account *a, size_t end)
{
	struct sequence *q = &a->sequence;

	for (size_t j = q->first; j < q->n && q->packets[j] < end; j++) {
		struct segment s = sequence_segment(q, q->packets[j]);
		struct turn t = { .a = a, .s = &s, .who = s.subflow };
		struct stream *stream =
			trace_subflow(a->trace, a->conn, s.subflow);

		if (!s.len)
			continue;
		if (a->ledger)
			t.who = (uint32_t)s.packet;
		rangemap_claim(&a->seen[2 * s.subflow + s.direction], s.ssn,
			       s.ssn + s.len, t.who, by_subflow_byte, &t);
		add_counts(&a->conn->bytes[s.direction], &t);
		add_counts(&stream->bytes[s.direction], &t);
	}
}

static void settle_acked(struct account *a, enum direction d)
{
	const struct data_line *line = &a->sequence.line[d];
	int64_t acked = line->ack - 1;

	a->conn->has_acked[d] = false;
	if (a->sequence.plain || !line->has_ack || !line->has_idsn ||
	    line->unplaced_ack || acked < 0)
		return;
	if (line->has_fin && line->ack > line->fin)
		acked--;
	a->conn->has_acked[d] = true;
	a->conn->acked[d] = (uint64_t)acked;
}

static int64_t moved(int64_t position, int64_t shift)
{
	return position == LEDGER_UNKNOWN ? position : position + shift;
}

static void first_range(void *ctx, const struct range *r)
{
	int64_t *lowest = ctx;

	if (*lowest == LEDGER_UNKNOWN)
		*lowest = r->from;
}

/* If the IDSN is unknown, the lowest byte becomes position 1. */
static void find_shift(struct account *a, enum direction d)
{
	struct ledger *l = a->ledger;
	const struct data_line *line = &a->sequence.line[d];
	int64_t lowest = LEDGER_UNKNOWN;

	l->has_idsn[d] =
		l->plain ? a->sequence.flows[d].has_origin : line->has_idsn;
	rangemap_each(&l->data[d], first_range, &lowest);
	if (!l->has_idsn[d] && lowest != LEDGER_UNKNOWN)
		l->shift[d] = 1 - lowest;
	l->has_base[d] = !l->plain && line->has_base &&
			 (l->has_idsn[d] || lowest != LEDGER_UNKNOWN);
	l->near[d] = line->near;
	l->narrow[d] = line->narrow;
	l->base[d] = line->base - (uint64_t)l->shift[d];
}

static void close_ledger(struct account *a)
{
	struct ledger *l = a->ledger;

	l->plain = a->sequence.plain;
	for (int d = 0; d < 2; d++) {
		l->data[d] = a->first[d];
		memset(&a->first[d], 0, sizeof(a->first[d]));
		find_shift(a, (enum direction)d);
	}
	for (size_t i = 0; i < l->n_pieces; i++)
		l->pieces[i].dsn = moved(l->pieces[i].dsn,
					 l->shift[l->pieces[i].direction]);
	for (size_t i = 0; i < l->n_acks; i++)
		l->acks[i].ack += l->shift[l->acks[i].direction];
	l->packets = a->sequence.packets;
	l->first_packet = a->sequence.first;
	l->n_packets = a->sequence.n;
	a->sequence.packets = NULL;
	if (!l->plain)
		window_probe_mark(a->trace, a->conn, l);
}

enum {
	MUCH = 100000 /* packets worth a thread of their own */
};

void account_release(struct account *a)
{
	bool much = a->sequence.n > MUCH;

	for (size_t k = 0; k < 2 * a->conn->n_subflows; k++) {
		rangemap_release(&a->seen[k]);
		rangemap_release(&a->data[k]);
	}
	free(a->seen);
	free(a->data);
	rangemap_release(&a->first[0]);
	rangemap_release(&a->first[1]);
	sequence_release(&a->sequence);
	if (much)
		mem_give_back();
}

static void recall_flow(struct account *a, size_t k, int d,
			const struct past_flow *past)
{
	const struct flow *f = &a->sequence.flows[2 * k + (size_t)d];
	const int64_t origin =
		f->has_origin && !past->has_origin ? f->origin : 0;

	past_claim(&past->seen, origin, &a->seen[2 * k + (size_t)d]);
	past_claim(&past->after, 0, &a->data[2 * k + (size_t)d]);
}

/* Add sums, and who sent which bytes, of dropped packets. */
static void recall(struct account *a)
{
	const struct trace *t = a->trace;
	const struct past_connection *c = a->sequence.past;

	for (size_t k = 0; k < a->conn->n_subflows; k++) {
		struct stream *s = trace_subflow(t, a->conn, k);
		const struct past_stream *past =
			past_find_stream(t, s->tcp_stream);

		for (int d = 0; past && d < 2; d++) {
			s->bytes[d] = past->bytes[d];
			recall_flow(a, k, d, &past->flow[d]);
		}
	}
	for (int d = 0; c && d < 2; d++) {
		a->conn->bytes[d] = c->bytes[d];
		past_claim_data(t, a->conn, c, d, &a->first[d]);
	}
}

void account_run(struct account *a, size_t end)
{
	struct trace *t = a->trace;
	struct connection *conn = a->conn;

	a->seen = mem_calloc(2 * conn->n_subflows, sizeof(*a->seen));
	a->data = mem_calloc(2 * conn->n_subflows, sizeof(*a->data));
	memset(conn->bytes, 0, sizeof(conn->bytes));
	for (size_t k = 0; k < conn->n_subflows; k++)
		memset(t->streams[conn->subflows[k]].bytes, 0,
		       sizeof(conn->bytes));
	sequence_init(&a->sequence, t, conn, a->ledger);
	if (t->past)
		recall(a);
	classify(a, end);
	settle_acked(a, TO_SERVER);
	settle_acked(a, TO_CLIENT);
	conn->accounted = true;
}

void account_connection(struct trace *t, struct connection *conn,
			struct ledger *ledger)
{
	struct account a = { .trace = t, .conn = conn, .ledger = ledger };

	account_run(&a, SIZE_MAX);
	if (ledger)
		close_ledger(&a);
	account_release(&a);
}

static void account_one(void *ctx, size_t i)
{
	struct trace *t = ctx;

	if (!t->connections[i].accounted)
		account_connection(t, &t->connections[i], NULL);
}

void account_all(struct trace *t)
{
	if (!t->accounted)
		parallel_each(trace_threads(t), t->n_connections, account_one,
			      t);
	t->accounted = 1;
}
