/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "events/transfer.h"
#include "model/tcpopt.h"

/* Bytes of a flow that an acknowledgment newly covers. */
struct covering {
	struct transfer *t;
	struct flow_story *f;
	size_t pieces;	     /* number of pieces sent so far */
	const uint32_t *one; /* for a DATA_ACK: the piece it is about */
	uint64_t bytes;	     /* total, if nothing is to be covered */
};

static void set_effective(struct transfer *t, uint32_t piece)
{
	t->effective[piece / 8] |= (uint8_t)(1 << piece % 8);
}

/* Bytes [from, to) were acknowledged: find who sent them last. */
static void prove(const struct covering *c, uint32_t first, int64_t from,
		  int64_t to)
{
	const struct piece *p = transfer_piece(c->t, first);
	int64_t end = 0, next = 0;

	for (; from < to; from = next) {
		uint32_t repeated = stamps_get(&c->f->repeated, from, &end);
		uint32_t sender = repeated ? repeated - 1 : first;
		uint32_t mapped = 0;

		next = end < to ? end : to;
		if (p->dsn != LEDGER_UNKNOWN) {
			int64_t moved = p->dsn - p->ssn;

			mapped = stamps_get(&c->t->mapped[p->direction],
					    from + moved, &end);
			if (end < next + moved)
				next = end - moved;
		}
		if (c->one ? !mapped && !repeated
			   : !mapped || mapped - 1 <= sender)
			set_effective(c->t, sender);
	}
}

static int64_t end_of(const struct transfer *t, uint32_t piece)
{
	const struct piece *p = transfer_piece(t, piece);

	return p->ssn + p->len;
}

/* The first fresh piece that ends above a position of the flow. */
static size_t first_at(const struct transfer *t, const struct flow_story *f,
		       int64_t ssn)
{
	return LOWER_BOUND(k, 0, f->fresh.n,
			   end_of(t, f->fresh.items[k]) <= ssn);
}

static void prove_range(void *ctx, int64_t from, int64_t to,
			const uint32_t *owner)
{
	const struct covering *c = ctx;

	if (owner)
		return;
	if (c->one) {
		prove(c, *c->one, from, to);
		return;
	}
	for (size_t i = first_at(c->t, c->f, from); i < c->f->fresh.n; i++) {
		uint32_t k = c->f->fresh.items[i];
		const struct piece *p = transfer_piece(c->t, k);

		if (p->ssn >= to)
			return;
		if (k < c->pieces)
			prove(c, k, from > p->ssn ? from : p->ssn,
			      to < p->ssn + p->len ? to : p->ssn + p->len);
	}
}

static void cover(struct covering *c, int64_t from, int64_t to)
{
	if (to > c->f->end)
		to = c->f->end;
	if (from < to)
		rangemap_claim(&c->f->covered, from, to, 0, prove_range, c);
}

static void cover_sacks(struct covering *c, uint32_t packet)
{
	const struct packets *p = &c->t->g->trace->packets;
	struct tcp_options o;
	int64_t at[2];

	packets_tcpopt(p, packet, &o);
	for (size_t k = 0; k < o.n_sack; k++) {
		for (int e = 0; e < 2; e++)
			at[e] = (int64_t)unwrap_nearest(
					(uint64_t)c->f->flight.sent.last,
					o.sack[k][e] - c->f->flight.sent.base) -
				c->f->moved;
		cover(c, at[0], at[1]);
	}
}

void proof_ack(struct transfer *t, uint32_t packet, struct flow_story *f,
	       int64_t ack, size_t pieces)
{
	struct covering c = { .t = t, .f = f, .pieces = pieces };
	int64_t before = INT64_MIN;

	if (!t->judged || !f->flight.has_sent)
		return;
	ack -= f->moved;
	if (f->n_progress)
		before = f->progress[f->n_progress - 1].ack;
	else if (f->fresh.n)
		before = transfer_piece(t, f->fresh.items[0])->ssn;
	if (ack > before) {
		cover(&c, before, ack);
		*MEM_PUSH(f->progress, f->n_progress, f->cap_progress) =
			(struct flow_progress){ packet, ack >= f->end, ack };
	}
	if (f->end > ack)
		cover_sacks(&c, packet);
}

/* Data below "ack" that was transmitted only once. */
static void data_acked(struct transfer *t, enum direction d, int64_t ack,
		       size_t pieces)
{
	int64_t before = t->data_ack[d];

	if (before != LEDGER_UNKNOWN && ack <= before)
		return;
	t->data_ack[d] = ack;
	for (; t->acked[d] < t->by_data[d].n; t->acked[d]++) {
		uint32_t k = t->by_data[d].items[t->acked[d]];
		const struct piece *p = transfer_piece(t, k);
		int64_t end = p->dsn + p->len;
		struct covering c = { .t = t,
				      .f = &t->flows[2 * p->subflow + d],
				      .one = &k };

		if (p->dsn >= ack)
			return;
		if (k < pieces)
			rangemap_look(&c.f->covered,
				      (before > p->dsn ? before : p->dsn) -
					      p->dsn + p->ssn,
				      (ack < end ? ack : end) - p->dsn + p->ssn,
				      prove_range, &c);
		if (end > ack)
			return;
	}
}

void proof_data_acks(struct transfer *t, uint32_t packet, size_t pieces)
{
	const struct ledger *l = t->g->ledger;

	if (!t->judged)
		return;
	for (; t->n_acks < l->n_acks && l->acks[t->n_acks].packet <= packet;
	     t->n_acks++)
		data_acked(t, (enum direction)l->acks[t->n_acks].direction,
			   l->acks[t->n_acks].ack, pieces);
}

static void count_open(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct covering *c = ctx;

	if (!owner)
		c->bytes += (uint64_t)(to - from);
}

static uint64_t outstanding(const struct flow_story *f, int64_t from,
			    int64_t to)
{
	struct covering c = { .bytes = 0 };

	if (from < to)
		rangemap_look(&f->covered, from, to, count_open, &c);
	return c.bytes;
}

/*
 * Piece "at" sends data [dsn, end) again that piece "held" had sent on another
 * subflow.  If "at" is a retransmission, this counts only if "held" was sent
 * before the original.
 */
static void send_again(struct transfer *t, uint32_t at, uint32_t held,
		       int64_t dsn, int64_t end)
{
	const struct piece *piece = transfer_piece(t, at);
	const struct piece *h = transfer_piece(t, held);
	struct flow_story *f = &t->flows[2 * h->subflow + h->direction];
	uint64_t bytes = f->n_agains ? f->agains[f->n_agains - 1].bytes : 0;
	int64_t moved = h->ssn - h->dsn, open = t->data_ack[h->direction];

	if (h->subflow == piece->subflow ||
	    (piece->byte_class == BYTES_TCP_RETRANSMITTED &&
	     h->packet >= piece->original))
		return;
	if (open < dsn)
		open = dsn;
	if (piece->byte_class == BYTES_REINJECTED)
		bytes += outstanding(f, open + moved, end + moved);
	*MEM_PUSH(f->agains, f->n_agains, f->cap_agains) = (struct again){
		.piece = at,
		.outstanding = outstanding(f, dsn + moved, end + moved) > 0,
		.bytes = bytes,
	};
}

static bool same_flow(const struct transfer *t, uint32_t a, uint32_t b)
{
	return transfer_piece(t, a)->subflow == transfer_piece(t, b)->subflow;
}

/* Whether data of a piece is outstanding on its subflow. */
static bool is_open(const struct transfer *t, uint32_t piece, int64_t dsn,
		    int64_t end)
{
	const struct piece *p = transfer_piece(t, piece);

	return outstanding(&t->flows[2 * p->subflow + p->direction],
			   dsn + p->ssn - p->dsn, end + p->ssn - p->dsn) > 0;
}

/* The piece that sent data first, before piece "at". */
static int find_first(const struct transfer *t, uint32_t at, int64_t dsn,
		      uint32_t *found)
{
	const struct indices *list =
		&t->by_data[transfer_piece(t, at)->direction];
	const struct piece *first = NULL;
	size_t low = LOWER_BOUND(k, 0, list->n,
				 transfer_piece(t, list->items[k])->dsn <= dsn);

	if (!low || list->items[low - 1] >= at)
		return 0;
	*found = list->items[low - 1];
	first = transfer_piece(t, *found);
	return first->dsn + first->len > dsn;
}

/*
 * Other subflows sent the data of the piece before: find the first and the
 * last of them.  Examines a limited number of parts.
 */
static void look_for_others(struct transfer *t, uint32_t at)
{
	const struct piece *piece = transfer_piece(t, at);
	const struct stamps *mapped = &t->mapped[piece->direction];
	int64_t end = piece->dsn + piece->len, next = 0, stop = 0;
	uint32_t first = 0;
	int parts = HANDOVER_LOOK;

	for (int64_t dsn = piece->dsn; dsn < end && parts-- > 0; dsn = next) {
		uint32_t last = stamps_get(mapped, dsn, &stop);
		int has_first = find_first(t, at, dsn, &first);

		next = stop < end ? stop : end;
		if (!has_first)
			continue;
		stop = transfer_piece(t, first)->dsn +
		       transfer_piece(t, first)->len;
		if (next > stop)
			next = stop;
		if (!last || !same_flow(t, first, last - 1))
			send_again(t, at, first, dsn, next);
		else if (is_open(t, first, dsn, next))
			last = first + 1;
		if (last)
			send_again(t, at, last - 1, dsn, next);
	}
}

static void carry(struct transfer *t, struct flow_story *f, uint32_t at)
{
	const struct piece *p = transfer_piece(t, at);
	uint64_t before = f->n_carries ? f->carries[f->n_carries - 1].bytes : 0;

	if (p->byte_class == BYTES_UNIQUE && p->ssn >= f->end &&
	    f->data_end != LEDGER_UNKNOWN && p->dsn < f->data_end)
		indices_push(&t->backward[p->direction], at);
	if (f->data_end == LEDGER_UNKNOWN || p->dsn + p->len > f->data_end)
		f->data_end = p->dsn + p->len;
	*MEM_PUSH(f->carries, f->n_carries, f->cap_carries) =
		(struct carry){ at, before + p->len };
}

/* It carries no data, whatever its number says. */
static bool is_probe(const struct piece *p)
{
	return p->probe == PROBE_OF_WINDOW || p->probe == PROBE_AGAIN;
}

void proof_data(struct transfer *t, size_t from, size_t to)
{
	if (!t->judged)
		return;
	for (size_t at = from; at < to; at++) {
		const struct piece *p = transfer_piece(t, (uint32_t)at);
		struct flow_story *f = &t->flows[2 * p->subflow + p->direction];
		struct stamps *mapped = &t->mapped[p->direction];

		if (p->dsn != LEDGER_UNKNOWN && mapped->n &&
		    p->byte_class != BYTES_UNIQUE && !is_probe(p))
			look_for_others(t, (uint32_t)at);
		if (p->byte_class == BYTES_TCP_RETRANSMITTED) {
			stamps_put(&f->repeated, p->ssn, p->ssn + p->len,
				   (uint32_t)at + 1);
			continue;
		}
		if (p->dsn != LEDGER_UNKNOWN && p->byte_class != BYTES_UNIQUE &&
		    !is_probe(p))
			stamps_put(mapped, p->dsn, p->dsn + p->len,
				   (uint32_t)at + 1);
		if (p->dsn != LEDGER_UNKNOWN &&
		    p->byte_class != BYTES_MPTCP_REPEATED && !is_probe(p))
			carry(t, f, (uint32_t)at);
		if (f->end < p->ssn + p->len)
			f->end = p->ssn + p->len;
	}
}

static int by_place(const void *x, const void *y, void *ctx)
{
	const struct piece *pieces = ctx;
	int64_t a = pieces[*(const uint32_t *)x].ssn;
	int64_t b = pieces[*(const uint32_t *)y].ssn;

	return COMPARE(a, b);
}

static int by_data(const void *x, const void *y, void *ctx)
{
	const struct piece *pieces = ctx;
	int64_t a = pieces[*(const uint32_t *)x].dsn;
	int64_t b = pieces[*(const uint32_t *)y].dsn;

	return COMPARE(a, b);
}

static void plan(struct transfer *t, uint32_t at)
{
	const struct piece *p = transfer_piece(t, at);
	struct flow_story *f = &t->flows[2 * p->subflow + p->direction];

	if (p->byte_class == BYTES_TCP_RETRANSMITTED) {
		stamps_plan(&f->repeated, p->ssn, p->ssn + p->len);
		return;
	}
	indices_push(&f->fresh, at);
	if (p->dsn == LEDGER_UNKNOWN)
		return;
	if (p->byte_class == BYTES_UNIQUE && !t->by_data[p->direction].n)
		t->first[p->direction] = p->packet;
	if (p->byte_class == BYTES_UNIQUE)
		indices_push(&t->by_data[p->direction], at);
	else
		stamps_plan(&t->mapped[p->direction], p->dsn, p->dsn + p->len);
}

static void sort(struct transfer *t, struct indices *list,
		 int (*order)(const void *, const void *, void *))
{
	if (list->n)
		qsort_r(list->items, list->n, sizeof(*list->items), order,
			t->g->ledger->pieces);
}

void proof_begin(struct transfer *t)
{
	const struct ledger *l = t->g->ledger;
	size_t n = t->g->conn->n_subflows;
	enum vantage vantage = VANTAGE_UNKNOWN;

	if (n < 2 || l->plain)
		return;
	t->judged = true;
	vantage = vantage_of(t->g->trace, t->g->conn);
	t->effective = mem_calloc(l->n_pieces / 8 + 1, 1);
	for (size_t i = 0; i < l->n_pieces; i++)
		plan(t, (uint32_t)i);
	for (size_t k = 0; k < 2 * n; k++) {
		sort(t, &t->flows[k].fresh, by_place);
		stamps_ready(&t->flows[k].repeated);
		t->flows[k].end = INT64_MIN;
		t->flows[k].data_end = LEDGER_UNKNOWN;
	}
	for (int d = 0; d < 2; d++) {
		t->at_receiver[d] =
			vantage_is_receiver(vantage, (enum direction)d);
		t->at_sender[d] =
			vantage != VANTAGE_MIDDLE && !t->at_receiver[d];
		t->data_ack[d] = LEDGER_UNKNOWN;
		sort(t, &t->by_data[d], by_data);
		stamps_ready(&t->mapped[d]);
	}
}
