/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/past.h"
#include "model/sequence_fallback.h"

#define WINDOW_MAX ((int64_t)65535 << 14) /* RFC 7323 2.3 */
/*
 * No real connection gets that far.  Positions beyond are treated as unknown,
 * so that positions can be added and subtracted without overflow.
 */
#define POSITION_MAX ((int64_t)1 << 61)

/* Merge two ascending lists that follow each other in "list". */
static void merge(uint32_t *list, size_t middle, size_t n, uint32_t *copy)
{
	size_t a = 0, b = middle, out = 0;

	memcpy(copy, list, middle * sizeof(*copy));
	while (a < middle) {
		if (b < n && list[b] < copy[a])
			list[out++] = list[b++];
		else
			list[out++] = copy[a++];
	}
}

/* The same for the lists of subflows [from, to), which begin at "list". */
static size_t merge_subflows(const struct sequence *q, size_t from, size_t to,
			     uint32_t *list, uint32_t *copy)
{
	size_t split = from + (to - from) / 2, middle = 0, n = 0;

	if (to - from == 1)
		return q->trace->streams[q->conn->subflows[from]].n;
	middle = merge_subflows(q, from, split, list, copy);
	n = middle + merge_subflows(q, split, to, list + middle, copy);
	merge(list, middle, n, copy);
	return n;
}

static const struct past_stream *past_of(const struct sequence *q, size_t k)
{
	return past_find_stream(
		q->trace, trace_subflow(q->trace, q->conn, k)->tcp_stream);
}

/* Move packets that were accounted earlier before the others. */
static void set_past_apart(struct sequence *q)
{
	const struct packets *p = &q->trace->packets;
	const struct past_stream **past = NULL; /* by position */
	uint32_t *rest = NULL;
	size_t n = 0;

	if (!q->past)
		return;
	past = mem_calloc(q->conn->n_subflows, sizeof(*past));
	for (size_t k = 0; k < q->conn->n_subflows; k++)
		past[k] = past_of(q, k);
	rest = mem_calloc(q->n + 1, sizeof(*rest));
	for (size_t j = 0; j < q->n; j++) {
		const uint32_t i = q->packets[j];
		const struct past_stream *s =
			past[q->trace->streams[p->stream[i]].position];

		if (s && past_has(s, p, i))
			q->packets[q->first++] = i;
		else
			rest[n++] = i;
	}
	memcpy(q->packets + q->first, rest, n * sizeof(*rest));
	free(rest);
	free(past);
}

static void gather(struct sequence *q)
{
	const struct trace *t = q->trace;
	size_t total = 0;

	for (size_t k = 0; k < q->conn->n_subflows; k++)
		total += t->streams[q->conn->subflows[k]].n;
	q->packets = mem_calloc(total, sizeof(*q->packets));
	for (size_t k = 0; k < q->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, q->conn, k);

		memcpy(q->packets + q->n, t->order + s->first,
		       s->n * sizeof(*q->packets));
		q->n += s->n;
	}
	if (q->conn->n_subflows > 1) {
		uint32_t *copy = mem_calloc(total, sizeof(*copy));

		merge_subflows(q, 0, q->conn->n_subflows, q->packets, copy);
		free(copy);
	}
	set_past_apart(q);
}

struct segment sequence_segment(struct sequence *q, size_t i)
{
	const struct packets *p = &q->trace->packets;
	const struct stream *s = &q->trace->streams[p->stream[i]];
	struct segment v = { .packet = i,
			     .subflow = (uint32_t)s->position,
			     .direction = ledger_direction(q->trace, i),
			     .len = p->len[i] };

	v.flow = &q->flows[2 * s->position + v.direction];
	v.ssn = unwrap_next(&v.flow->unwrap, p->seq[i]) +
		!!(p->flags[i] & TCP_SYN) - v.flow->origin;
	return v;
}

static void start_flow(const struct sequence *q, struct flow *f,
		       const struct stream_side *side)
{
	memset(&f->unwrap, 0, sizeof(f->unwrap));
	if (!side->has_isn)
		return;
	/* Data in the SYN has numbers below 1. */
	unwrap_start(&f->unwrap, side->isn + (q->plain ? 0 : side->syn_data));
	f->has_origin = true;
}

static void go_on_from(struct flow *f, const struct past_flow *past)
{
	if (!past->unwrap.started)
		return;
	f->unwrap = past->unwrap;
	f->has_origin = past->has_origin;
	f->origin = past->origin;
}

static void start_flows(struct sequence *q)
{
	for (size_t k = 0; k < q->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(q->trace, q->conn, k);
		const struct past_stream *past = past_of(q, k);

		for (int d = 0; d < 2; d++) {
			struct flow *f = &q->flows[2 * k + (size_t)d];

			start_flow(q, f, &s->side[d ^ s->flipped]);
			if (past)
				go_on_from(f, &past->flow[d]);
		}
	}
}

/* Add mappings of dropped packets whose bytes may still come. */
static void recall_mappings(struct sequence *q)
{
	for (size_t k = 0; k < q->conn->n_subflows; k++) {
		const struct past_stream *past = past_of(q, k);

		for (int d = 0; past && d < 2; d++)
			for (size_t i = 0; i < past->flow[d].n; i++)
				sequence_add_mapping(
					&q->flows[2 * k + (size_t)d],
					&past->flow[d].maps[i]);
	}
}

static const struct mptcp_option *mapping_option(const struct tcp_options *o)
{
	for (size_t k = 0; k < o->n_mptcp; k++) {
		const struct mptcp_option *m = &o->mptcp[k];

		if (m->subtype == MP_DSS && (m->has & MPTCP_HAS_DSN))
			return m;
		if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_DLL))
			return m;
	}
	return NULL;
}

/*
 * The bytes that a DSS maps: a DATA_FIN counts in its length but is not a
 * byte.
 */
static int64_t mapped_bytes(const struct mptcp_option *m)
{
	if (m->subtype == MP_DSS && m->dll == 0)
		return m->has & MPTCP_DATA_FIN ? 0 : MAPPING_INFINITE;
	return (int64_t)m->dll - !!(m->has & MPTCP_DATA_FIN);
}

static bool misses_origins(const struct sequence *q)
{
	bool missing = false;

	for (size_t k = 0; k < 2 * q->conn->n_subflows; k++)
		missing |= !q->flows[k].has_origin;
	return missing;
}

/* Narrow down the ISNs that were not captured. */
static void deduce_origins(struct sequence *q)
{
	for (size_t j = q->first; j < q->n; j++) {
		struct segment v = sequence_segment(q, q->packets[j]);
		const struct mptcp_option *m = NULL;
		struct tcp_options o;

		if (v.flow->has_origin || !v.len ||
		    !packets_mptcp(&q->trace->packets, v.packet, &o))
			continue;
		m = mapping_option(&o);
		if (!m || m->subtype != MP_DSS || !m->dll)
			continue;
		/* ISN - base, modulo 2^32, close to the segment */
		int64_t high = v.ssn - (int64_t)m->ssn;
		int64_t low = high + v.len - mapped_bytes(m);

		if (!v.flow->constrained) {
			v.flow->constrained = true;
			v.flow->low = low;
			v.flow->high = high;
			continue;
		}
		/* SSNs wrap like sequence numbers: compare nearby values */
		int64_t wraps = ((high - v.flow->high) + ((int64_t)1 << 31)) &
				~(int64_t)0xffffffff;

		high -= wraps;
		low -= wraps;
		if (high < v.flow->high)
			v.flow->high = high;
		if (low > v.flow->low)
			v.flow->low = low;
	}
	for (size_t k = 0; k < 2 * q->conn->n_subflows; k++) {
		struct flow *f = &q->flows[k];

		if (!f->has_origin && f->constrained && f->low == f->high) {
			f->has_origin = true;
			f->origin = f->low;
		}
	}
}

static bool is_place(int64_t position)
{
	return position > -POSITION_MAX && position < POSITION_MAX;
}

static bool place_dsn(struct data_line *line, const struct mptcp_option *m,
		      int64_t *position)
{
	uint64_t dsn = m->dsn;

	if (!(m->has & MPTCP_DSN64))
		dsn = unwrap_nearest(line->near, (uint32_t)dsn);
	*position = (int64_t)(dsn - line->base);
	if (!is_place(*position))
		return false;
	line->near = dsn;
	return true;
}

static void raise_high(struct data_line *line, int64_t dsn)
{
	if (!line->has_high || dsn > line->high)
		line->high = dsn;
	line->has_high = true;
}

bool sequence_mapping(struct sequence *q, const struct segment *v,
		      const struct mptcp_option *m, struct dss_mapping *out)
{
	struct data_line *line = &q->line[v->direction];

	*out = (struct dss_mapping){ 0, mapped_bytes(m), 0 };
	if (m->subtype == MP_CAPABLE) {
		out->ssn = out->dsn = 1;
		return line->has_idsn && (m->has & MPTCP_HAS_DLL);
	}
	if (m->subtype != MP_DSS || !(m->has & MPTCP_HAS_DSN))
		return false;
	if (!place_dsn(line, m, &out->dsn))
		return false;
	out->ssn = v->ssn + (int32_t)(m->ssn - (uint32_t)v->ssn);
	return true;
}

/* Length 0 is an infinite mapping, unless ordinary ones follow (conn.h). */
static bool is_infinite(const struct sequence *q, const struct segment *v)
{
	const struct stream *s = trace_subflow(q->trace, q->conn, v->subflow);

	return s->side[v->direction ^ s->flipped].infinite;
}

void sequence_add_mapping(struct flow *f, const struct dss_mapping *map)
{
	rangemap_claim(&f->by_ssn, map->ssn, map->ssn + map->len,
		       (uint32_t)f->n, NULL, NULL);
	*MEM_PUSH(f->maps, f->n, f->cap) = *map;
}

static void take_mapping(struct sequence *q, const struct segment *v,
			 const struct mptcp_option *m)
{
	struct data_line *line = &q->line[v->direction];
	struct flow *f = v->flow;
	struct dss_mapping map;

	if (!sequence_mapping(q, v, m, &map))
		return;
	if (m->has & MPTCP_DATA_FIN) {
		int64_t fin = map.dsn + map.len;

		if (!line->has_fin || fin < line->fin)
			line->fin = fin;
		line->has_fin = true;
	}
	if (map.len > 0 && map.len <= UINT16_MAX)
		raise_high(line, map.dsn + map.len);
	if (!f->has_origin || map.len <= 0 || (m->subtype == MP_DSS && !m->ssn))
		return;
	if (map.len == MAPPING_INFINITE && !is_infinite(q, v))
		return;
	if (f->n && memcmp(&f->maps[f->n - 1], &map, sizeof(map)) == 0)
		return;
	sequence_add_mapping(f, &map);
}

static void learn_base(struct data_line *line, uint64_t number, bool narrow)
{
	if (line->has_base)
		return;
	line->has_base = true;
	line->narrow = narrow;
	line->base = line->near = number;
}

static bool has_bases(const struct sequence *q)
{
	return q->line[0].has_base && q->line[1].has_base;
}

/*
 * Without an IDSN positions are relative to the first 64-bit number of data or
 * of an acknowledgment; if there is none, to the first 32-bit number.
 */
static void find_bases(struct sequence *q, bool any_width)
{
	for (size_t j = q->first; j < q->n && !has_bases(q); j++) {
		enum direction d = ledger_direction(q->trace, q->packets[j]);
		struct tcp_options o;

		if (!packets_mptcp(&q->trace->packets, q->packets[j], &o))
			continue;
		for (size_t k = 0; k < o.n_mptcp; k++) {
			const struct mptcp_option *m = &o.mptcp[k];
			unsigned has = m->subtype == MP_DSS ? m->has : 0;

			if ((has & MPTCP_HAS_DSN) &&
			    (any_width || (has & MPTCP_DSN64)))
				learn_base(&q->line[d], m->dsn,
					   !(has & MPTCP_DSN64));
			if ((has & MPTCP_HAS_DACK) &&
			    (any_width || (has & MPTCP_DACK64)))
				learn_base(&q->line[!d], m->dack,
					   !(has & MPTCP_DACK64));
		}
	}
}

void sequence_note_ack(struct sequence *q, const struct segment *v, int64_t dsn)
{
	struct ledger *l = q->ledger;

	if (!l)
		return;
	*MEM_PUSH(l->acks, l->n_acks, l->cap_acks) =
		(struct data_ack){ .ack = dsn,
				   .packet = (uint32_t)v->packet & INT32_MAX,
				   .direction = !v->direction };
}

void sequence_raise_ack(struct data_line *line, int64_t dsn)
{
	if (!line->has_ack || dsn > line->ack)
		line->ack = dsn;
	line->has_ack = true;
}

/* By how much a is above b, on the circle of 64 bits. */
static int64_t ahead(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

/*
 * A DATA_ACK cannot be further ahead of everything known than the largest
 * window, unless the capture misses that much: then the next one is there,
 * too.
 */
static bool is_plausible(struct data_line *line, int64_t dsn)
{
	bool near = !line->has_high || ahead(dsn, line->high) <= WINDOW_MAX;

	if (!near && line->has_odd && ahead(dsn, line->odd) <= WINDOW_MAX &&
	    ahead(line->odd, dsn) <= WINDOW_MAX)
		near = true;
	line->has_odd = !near;
	line->odd = dsn;
	if (near)
		raise_high(line, dsn);
	return near;
}

bool sequence_data_ack(struct sequence *q, const struct segment *v,
		       const struct mptcp_option *m, int64_t *ack)
{
	const struct data_line *line = &q->line[!v->direction];
	uint64_t dack = m->dack;

	if (m->subtype != MP_DSS || !(m->has & MPTCP_HAS_DACK) ||
	    !line->has_base)
		return false;
	if (!(m->has & MPTCP_DACK64))
		dack = unwrap_nearest(line->near, (uint32_t)dack);
	*ack = (int64_t)(dack - line->base);
	return is_place(*ack);
}

static void take_ack(struct sequence *q, const struct segment *v,
		     const struct mptcp_option *m)
{
	struct data_line *line = &q->line[!v->direction];
	int64_t dsn = 0;

	if (!sequence_data_ack(q, v, m, &dsn) || !is_plausible(line, dsn))
		return;
	sequence_raise_ack(line, dsn);
	sequence_note_ack(q, v, dsn);
}

static void note_priority(struct sequence *q, const struct segment *v,
			  const struct mptcp_option *m)
{
	struct ledger *l = q->ledger;
	const bool join = m->subtype == MP_JOIN && (m->has & MPTCP_HAS_NONCE);
	const bool priority = m->subtype == MP_PRIO && !(m->has & MPTCP_HAS_ID);

	if (l && (join || priority))
		*MEM_PUSH(l->priorities, l->n_priorities, l->cap_priorities) =
			(struct priority){ .packet = (uint32_t)v->packet,
					   .subflow = v->subflow,
					   .server = v->direction == TO_CLIENT,
					   .backup = m->has & MPTCP_BACKUP };
}

static void collect_mappings(struct sequence *q)
{
	for (size_t j = q->first; j < q->n; j++) {
		struct segment v = sequence_segment(q, q->packets[j]);
		const struct mptcp_option *m = NULL;
		struct tcp_options o;

		if (!packets_mptcp(&q->trace->packets, v.packet, &o))
			continue;
		for (size_t k = 0; k < o.n_mptcp; k++) {
			take_ack(q, &v, &o.mptcp[k]);
			note_priority(q, &v, &o.mptcp[k]);
		}
		m = mapping_option(&o);
		if (m)
			take_mapping(q, &v, m);
	}
}

void sequence_init(struct sequence *q, const struct trace *trace,
		   const struct connection *conn, struct ledger *ledger)
{
	memset(q, 0, sizeof(*q));
	q->trace = trace;
	q->conn = conn;
	q->ledger = ledger;
	q->plain = connection_is_plain(conn);
	q->flows = mem_calloc(2 * conn->n_subflows, sizeof(*q->flows));
	for (int d = 0; d < 2; d++)
		if (conn->side[d].has_idsn) {
			q->line[d].has_base = q->line[d].has_idsn = true;
			q->line[d].has_high = true;
			q->line[d].base = q->line[d].near = conn->side[d].idsn;
		}
	q->past = past_find(trace, conn);
	for (int d = 0; q->past && d < 2; d++)
		if (q->past->line[d].has_base)
			q->line[d] = q->past->line[d];
	gather(q);
	start_flows(q);
	recall_mappings(q);
	if (!q->plain && misses_origins(q)) {
		deduce_origins(q);
		start_flows(q);
	}
	if (!q->plain) {
		find_bases(q, 0);
		find_bases(q, 1);
		collect_mappings(q);
		if (conn->state == CONN_FALLBACK)
			sequence_go_on_after_fallback(q);
		sequence_rewind(q);
		if (conn->cause == FALLBACK_OPTIONS_LOST)
			sequence_collect_late_acks(q);
	} else if (ledger) {
		sequence_collect_tcp_acks(q);
	}
	sequence_rewind(q);
}

void sequence_rewind(struct sequence *q)
{
	start_flows(q);
	for (int d = 0; d < 2; d++)
		q->line[d].near = q->past && q->past->line[d].has_base
					  ? q->past->line[d].near
					  : q->line[d].base;
}

void sequence_release(struct sequence *q)
{
	for (size_t k = 0; k < 2 * q->conn->n_subflows; k++) {
		free(q->flows[k].maps);
		rangemap_release(&q->flows[k].by_ssn);
	}
	free(q->flows);
	free(q->packets);
	memset(q, 0, sizeof(*q));
}
