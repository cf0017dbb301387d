/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/sequence_fallback.h"

#include "base/sort.h"
#include "model/ledger.h"
#include "model/rangemap.h"

/* The mapping of a flow that ends last; NULL: none. */
static const struct dss_mapping *last_mapping(const struct flow *f)
{
	const struct dss_mapping *last = NULL;

	for (size_t k = 0; k < f->n; k++)
		if (!last ||
		    f->maps[k].ssn + f->maps[k].len > last->ssn + last->len)
			last = &f->maps[k];
	return last;
}

/*
 * After a fallback within a connection data continues where the last mapping
 * ended, or where the subflow began (RFC 8684 3.7): add an infinite mapping.
 */
static void go_on(struct flow *f, bool has_place)
{
	const struct dss_mapping *last = last_mapping(f);
	struct dss_mapping map = { 1, MAPPING_INFINITE, 1 };

	if (!f->has_origin || (!last && !has_place) ||
	    (last && last->len == MAPPING_INFINITE))
		return;
	if (last) {
		map.ssn = last->ssn + last->len;
		map.dsn = last->dsn + last->len;
	}
	sequence_add_mapping(f, &map);
}

void sequence_go_on_after_fallback(struct sequence *q)
{
	for (size_t k = 0; k < q->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(q->trace, q->conn, k);

		if (k > 0 && !s->infinite_mapping)
			continue;
		for (int d = 0; d < 2; d++)
			go_on(&q->flows[2 * k + (size_t)d],
			      q->line[d].has_idsn);
	}
}

struct place {
	const struct flow *flow;
	int64_t dsn;
};

static void take_place(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct place *place = ctx;

	(void)to;
	if (owner)
		place->dsn = from + place->flow->maps[*owner].dsn -
			     place->flow->maps[*owner].ssn;
}

/* The data position of a subflow byte, or LEDGER_UNKNOWN. */
static int64_t place_of(const struct flow *f, int64_t ssn)
{
	struct place place = { f, LEDGER_UNKNOWN };

	rangemap_look(&f->by_ssn, ssn, ssn + 1, take_place, &place);
	return place.dsn;
}

static int by_packet(const void *a, const void *b)
{
	const struct data_ack *x = a, *y = b;

	return COMPARE(x->packet, y->packet);
}

/*
 * If both ends continued without options, acknowledgments of TCP are those of
 * the data.
 */
void sequence_collect_late_acks(struct sequence *q)
{
	const struct packets *p = &q->trace->packets;
	int64_t fin[2] = { LEDGER_UNKNOWN, LEDGER_UNKNOWN };

	for (size_t j = q->first; j < q->n; j++) {
		struct segment v = sequence_segment(q, q->packets[j]);
		const struct conn_side *side = &q->conn->side[v.direction];
		const struct flow *other =
			&q->flows[2 * v.subflow + !v.direction];
		struct unwrap u = other->unwrap;
		int64_t dsn = LEDGER_UNKNOWN, ack = 0;

		if (v.subflow == 0 && (p->flags[v.packet] & TCP_FIN))
			fin[v.direction] = v.ssn + v.len;
		if (v.subflow > 0 || !side->lost ||
		    p->time[v.packet] < side->lost_time ||
		    (p->flags[v.packet] & (TCP_ACK | TCP_SYN | TCP_RST)) !=
			    TCP_ACK)
			continue;
		if (!other->has_origin || !u.started) {
			q->line[!v.direction].unplaced_ack = true;
			continue;
		}
		ack = unwrap_next(&u, p->ack[v.packet]) - other->origin;
		dsn = place_of(other, ack - 1);
		if (dsn == LEDGER_UNKNOWN)
			continue;
		/* A FIN is acknowledged as a DATA_FIN would be. */
		sequence_raise_ack(&q->line[!v.direction],
				   dsn + (ack != fin[!v.direction] + 1));
		sequence_note_ack(q, &v, dsn + 1);
	}
	if (q->ledger)
		SORT(q->ledger->acks, q->ledger->n_acks, by_packet);
}

/* Without mappings acknowledgments of TCP are those of the data. */
void sequence_collect_tcp_acks(struct sequence *q)
{
	const struct packets *p = &q->trace->packets;

	for (size_t j = q->first; j < q->n; j++) {
		struct segment v = sequence_segment(q, q->packets[j]);
		const struct flow *other =
			&q->flows[2 * v.subflow + !v.direction];
		struct unwrap u = other->unwrap;

		if (v.subflow == 0 && u.started &&
		    (p->flags[v.packet] & (TCP_ACK | TCP_SYN | TCP_RST)) ==
			    TCP_ACK)
			sequence_note_ack(q, &v,
					  unwrap_next(&u, p->ack[v.packet]));
	}
}
