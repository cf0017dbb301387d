/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/discarded.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"

/* The lowest position so far, valid from a packet on. */
struct low {
	uint32_t packet;
	int64_t position;
};

struct lows {
	struct low *items; /* packets ascend, positions descend */
	size_t n, cap;
};

/* All positions of a subflow below "place" had arrived at "time". */
struct step {
	int64_t place, time;
};

/* A packet with data, and its positions in the subflow. */
struct carrier {
	uint32_t packet;
	int64_t end;
};

struct subflow_fate {
	bool has_origin;	      /* positions are relative to the ISN */
	struct rangemap mapped, came; /* positions */
	struct step *steps;
	size_t n_steps, cap_steps;
	int64_t next; /* everything below has arrived */
	struct carrier *carriers;
	size_t n_carriers, cap_carriers;
	uint32_t *answers; /* packets of the receiver, with ACKs */
	size_t n_answers, cap_answers;
	struct lows failed; /* data positions in MP_FAILs */
	/* positions at which a DATA_ACK does not advance */
	struct lows left_out;
	int options_cut; /* mappings may be missing */
	uint32_t reset;	 /* the receiver's RST, or LEDGER_NO_PACKET */
};

struct ack_mark {
	uint32_t packet;
	int64_t before, after; /* highest up to this one; highest from it on */
};

static void lows_add(struct lows *l, uint32_t packet, int64_t position)
{
	if (l->n && l->items[l->n - 1].position <= position)
		return;
	*MEM_PUSH(l->items, l->n, l->cap) = (struct low){ packet, position };
}

/* Whether there was one at or below the position before the packet. */
static int lows_reach(const struct lows *l, uint32_t packet, int64_t position)
{
	size_t at = LOWER_BOUND(k, 0, l->n, l->items[k].packet < packet);

	return at > 0 && l->items[at - 1].position <= position;
}

/* How many acknowledgments were sent before the packet. */
static size_t acks_before(const struct discarded *d, uint32_t packet)
{
	return LOWER_BOUND(k, 0, d->n_acks, d->acks[k].packet < packet);
}

static void take_acks(struct discarded *d, const struct ledger *l)
{
	int64_t highest = 1;

	d->acks = mem_calloc(l->n_acks + 1, sizeof(*d->acks));
	for (size_t i = 0; i < l->n_acks; i++) {
		const struct data_ack *a = &l->acks[i];

		if (a->direction != d->direction)
			continue;
		highest = a->ack > highest ? a->ack : highest;
		d->acks[d->n_acks++] =
			(struct ack_mark){ a->packet, highest, a->ack };
	}
	for (size_t i = d->n_acks; i-- > 1;)
		if (d->acks[i].after > d->acks[i - 1].after)
			d->acks[i - 1].after = d->acks[i].after;
}

static void take_data(const struct discarded *d, const struct segment *s)
{
	struct subflow_fate *f = &d->subflows[s->subflow];
	const struct packets *p = &d->trace->packets;
	struct range r;

	f->options_cut |= !!(p->mark[s->packet] & PACKET_OPTIONS_CUT);
	if (!s->len || !s->flow->has_origin)
		return;
	*MEM_PUSH(f->carriers, f->n_carriers, f->cap_carriers) =
		(struct carrier){ (uint32_t)s->packet, s->ssn + s->len };
	rangemap_claim(&f->came, s->ssn, s->ssn + s->len, 0, NULL, NULL);
	if (!rangemap_find(&f->came, f->next, &r))
		return;
	f->next = r.to;
	*MEM_PUSH(f->steps, f->n_steps, f->cap_steps) =
		(struct step){ r.to, p->time[s->packet] };
}

/* An MP_FAIL of 12 octets has a full data sequence number. */
static void take_fail(const struct discarded *d, const struct segment *s,
		      uint64_t idsn)
{
	const struct packets *p = &d->trace->packets;
	struct tcp_options o;

	if (!packets_mptcp(p, s->packet, &o))
		return;
	for (size_t k = 0; k < o.n_mptcp; k++) {
		const struct mptcp_option *m = &o.mptcp[k];
		int64_t dsn = (int64_t)(m->dsn - idsn);

		if (m->subtype == MP_FAIL && m->length == 12 && dsn > 0)
			lows_add(&d->subflows[s->subflow].failed,
				 (uint32_t)s->packet, dsn);
	}
}

static void take_answer(const struct discarded *d, const struct segment *s,
			uint64_t idsn)
{
	struct subflow_fate *f = &d->subflows[s->subflow];

	if ((d->trace->packets.flags[s->packet] & TCP_RST) &&
	    f->reset == LEDGER_NO_PACKET)
		f->reset = (uint32_t)s->packet;
	if (d->trace->packets.flags[s->packet] & TCP_ACK)
		*MEM_PUSH(f->answers, f->n_answers, f->cap_answers) =
			(uint32_t)s->packet;
	take_fail(d, s, idsn);
}

static void walk(const struct discarded *d, struct sequence *q)
{
	for (size_t j = 0; j < q->n; j++) {
		struct segment s = sequence_segment(q, q->packets[j]);

		if (s.direction == d->direction)
			take_data(d, &s);
		else
			take_answer(d, &s, q->line[d->direction].base);
	}
}

/*
 * When all positions below "place" had arrived; INT64_MAX: never, as far as
 * known.
 */
static int64_t in_order_at(const struct subflow_fate *f, int64_t place)
{
	size_t at = LOWER_BOUND(k, 0, f->n_steps, f->steps[k].place < place);

	return at < f->n_steps ? f->steps[at].time : INT64_MAX;
}

/* The position in its subflow of byte v. */
static int64_t place_of(const struct data_first *first, int64_t v)
{
	return first->ssn + (v - first->dsn);
}

/* When nothing held back byte v any longer, or INT64_MAX. */
static int64_t ready_at(const struct discarded *d,
			const struct data_first *first, int64_t v)
{
	int64_t end = place_of(first, v) + 1;

	return in_order_at(&d->subflows[first->subflow],
			   end < first->whole ? first->whole : end);
}

/*
 * Whether this DATA_ACK stops at a byte that had arrived and could have been
 * acknowledged.
 */
static bool stands(const struct discarded *d, const struct data_ack *a,
		   const struct data_first *first)
{
	const struct packets *p = &d->trace->packets;
	uint32_t reset = d->subflows[first->subflow].reset;
	int64_t now = p->time[a->packet], ready = ready_at(d, first, a->ack);

	if (!p->window[a->packet] || (p->flags[a->packet] & TCP_SYN) ||
	    ready == INT64_MAX)
		return false;
	return now - DISCARDED_PATIENCE > ready ||
	       (reset != LEDGER_NO_PACKET && now > ready &&
		now > p->time[reset]);
}

static void find_left_out(struct discarded *d, const struct ledger *l)
{
	int64_t highest = 1;

	for (size_t i = 0; i < l->n_acks; i++) {
		const struct data_ack *a = &l->acks[i];
		const struct data_first *first = NULL;

		if (a->direction != d->direction || a->ack < highest)
			continue;
		highest = a->ack;
		first = data_firsts_at(&d->firsts, a->ack);
		if (first && stands(d, a, first))
			lows_add(&d->subflows[first->subflow].left_out,
				 a->packet, place_of(first, a->ack));
	}
}

static void init_subflows(struct discarded *d, const struct sequence *q)
{
	d->n_subflows = q->conn->n_subflows;
	d->subflows = mem_calloc(d->n_subflows + 1, sizeof(*d->subflows));
	for (size_t k = 0; k < d->n_subflows; k++)
		d->subflows[k] = (struct subflow_fate){
			.has_origin = q->flows[2 * k + d->direction].has_origin,
			.next = 1,
			.reset = LEDGER_NO_PACKET,
		};
}

/* The sequence is released, but its mappings are kept. */
static void keep_mappings(struct discarded *d, struct sequence *q)
{
	for (size_t k = 0; k < d->n_subflows; k++) {
		struct flow *f = &q->flows[2 * k + d->direction];

		d->subflows[k].mapped = f->by_ssn;
		memset(&f->by_ssn, 0, sizeof(f->by_ssn));
	}
}

void discarded_find(const struct trace *t, const struct connection *conn,
		    enum direction direction, struct discarded *d)
{
	struct ledger ledger;
	struct sequence q;

	*d = (struct discarded){ .trace = t, .direction = direction };
	ledger_init(&ledger);
	sequence_init(&q, t, conn, &ledger);
	d->known = !q.plain && q.line[direction].has_idsn;
	init_subflows(d, &q);
	if (d->known) {
		data_firsts_find(&q, direction, &d->firsts);
		take_acks(d, &ledger);
		walk(d, &q);
		find_left_out(d, &ledger);
		keep_mappings(d, &q);
	}
	sequence_release(&q);
	ledger_release(&ledger);
}

void discarded_release(struct discarded *d)
{
	for (size_t k = 0; k < d->n_subflows; k++) {
		rangemap_release(&d->subflows[k].mapped);
		rangemap_release(&d->subflows[k].came);
		free(d->subflows[k].steps);
		free(d->subflows[k].carriers);
		free(d->subflows[k].answers);
		free(d->subflows[k].failed.items);
		free(d->subflows[k].left_out.items);
	}
	free(d->subflows);
	free(d->acks);
	data_firsts_release(&d->firsts);
	memset(d, 0, sizeof(*d));
}

int64_t discarded_missing(const struct discarded *d, int64_t dsn,
			  uint32_t packet)
{
	size_t n = acks_before(d, packet);

	return n && d->acks[n - 1].before > dsn ? d->acks[n - 1].before : dsn;
}

static bool is_acked_later(const struct discarded *d, int64_t end,
			   uint32_t packet)
{
	size_t n = acks_before(d, packet + 1);

	return n < d->n_acks && d->acks[n].after >= end;
}

/* It arrived, and the receiver could not know its place in the data. */
static bool has_no_mapping(const struct discarded *d,
			   const struct discarded_question *a)
{
	const struct subflow_fate *f = NULL;
	struct range r;

	if (!a->has_place || a->subflow >= d->n_subflows)
		return false;
	f = &d->subflows[a->subflow];
	return f->has_origin && !f->options_cut &&
	       rangemap_find(&f->came, a->ssn, &r) &&
	       !rangemap_find(&f->mapped, a->ssn, &r);
}

static bool was_thrown_away(const struct discarded *d, int64_t dsn,
			    uint32_t packet)
{
	const struct data_first *first = data_firsts_at(&d->firsts, dsn);
	const struct subflow_fate *f = NULL;

	if (!first || first->packet >= packet)
		return false;
	f = &d->subflows[first->subflow];
	return lows_reach(&f->failed, packet, dsn) ||
	       f->reset < first->packet ||
	       lows_reach(&f->left_out, packet, place_of(first, dsn));
}

/* Whether the packet's data was in order on its subflow at that time. */
static bool was_in_order(const struct discarded *d, uint32_t packet,
			 int64_t time)
{
	const struct trace *t = d->trace;
	size_t k = t->streams[t->packets.stream[packet]].position, at = 0;
	const struct subflow_fate *f = &d->subflows[k];

	at = LOWER_BOUND(i, 0, f->n_carriers, f->carriers[i].packet < packet);
	return at < f->n_carriers && f->carriers[at].packet == packet &&
	       in_order_at(f, f->carriers[at].end) <= time;
}

/* Whether TCP acknowledged some of the packet's data before another packet. */
static bool is_tcp_acked(const struct discarded *d,
			 const struct data_first *first, uint32_t before)
{
	const struct packets *p = &d->trace->packets;
	const struct subflow_fate *f = &d->subflows[first->subflow];
	size_t n = LOWER_BOUND(k, 0, f->n_answers, f->answers[k] < before);

	return n > 0 &&
	       (int32_t)(p->ack[f->answers[n - 1]] - p->seq[first->packet]) > 0;
}

/*
 * Whether the first transmission of this byte waited on its subflow until a
 * DATA_ACK covered the byte, and the repetition was in order by then.
 */
static bool has_waited(const struct discarded *d, int64_t dsn, uint32_t packet)
{
	const struct data_first *first = data_firsts_at(&d->firsts, dsn);
	size_t from = acks_before(d, packet + 1), n = 0;
	int64_t time = 0;

	if (!first || first->packet >= packet)
		return false;
	n = LOWER_BOUND(k, from, d->n_acks, d->acks[k].before <= dsn);
	if (n == d->n_acks)
		return false;
	time = d->trace->packets.time[d->acks[n].packet];
	return in_order_at(&d->subflows[first->subflow],
			   place_of(first, dsn) + 1) > time &&
	       !is_tcp_acked(d, first, d->acks[n].packet + 1) &&
	       was_in_order(d, packet, time);
}

enum discarded_answer discarded_ask(const struct discarded *d,
				    const struct discarded_question *a)
{
	int64_t dsn = discarded_missing(d, a->dsn, a->packet);

	if (!d->known || dsn >= a->end)
		return DISCARDED_NOT;
	if (!has_no_mapping(d, a) && !was_thrown_away(d, dsn, a->packet))
		return has_waited(d, dsn, a->packet) ? DISCARDED_WAITED
						     : DISCARDED_NOT;
	return is_acked_later(d, a->end, a->packet) ? DISCARDED
						    : DISCARDED_BOTH;
}
