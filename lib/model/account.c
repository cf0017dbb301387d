/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/rangemap.h"
#include "model/tcpopt.h"
#include "model/unwrap.h"

/* Subflow bytes [ssn, ssn + len) are the data bytes from x on. */
struct mapping {
	int64_t ssn, len, x;
};

/* One direction of one subflow. */
struct flow {
	struct unwrap unwrap;
	int has_origin;	   /* positions are relative to the ISN */
	int64_t low, high; /* bounds of ISN - base while it is deduced */
	int constrained;
	int64_t origin;	   /* ISN - unwrap.base */
	struct mapping *maps;
	size_t n, cap;
	struct rangemap by_ssn; /* subflow byte -> index in maps */
	struct rangemap seen;	/* subflow bytes */
	struct rangemap data;	/* data bytes seen on this subflow */
};

/* One direction of the connection. */
struct lane {
	struct direction_bytes *bytes;
	int has_base; /* x is relative to "base": the IDSN if has_idsn */
	int has_idsn;
	uint64_t base;
	uint64_t near; /* last 64-bit DSN, to unwrap 32-bit ones */
	struct rangemap first; /* data byte -> subflow that sent it first */
	int has_ack;
	int64_t ack; /* highest DATA_ACK, relative */
	int has_fin;
	int64_t fin; /* position of the DATA_FIN */
};

struct account {
	struct trace *trace;
	struct connection *conn;
	struct flow *flows; /* 2 * n_subflows: [2 * k + direction] */
	struct lane lane[2];
	uint32_t *packets; /* of all subflows, in order of time */
	size_t n;
	int plain; /* fell back: subflow sequence space counts */
};

static int by_index(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static void gather(struct account *a)
{
	const struct trace *t = a->trace;
	size_t total = 0;

	for (size_t k = 0; k < a->conn->n_subflows; k++)
		total += t->streams[a->conn->subflows[k]].n;
	a->packets = mem_calloc(total, sizeof(*a->packets));
	for (size_t k = 0; k < a->conn->n_subflows; k++) {
		const struct stream *s = &t->streams[a->conn->subflows[k]];

		memcpy(a->packets + a->n, t->order + s->first,
		       s->n * sizeof(*a->packets));
		a->n += s->n;
	}
	if (a->conn->n_subflows > 1)
		qsort(a->packets, a->n, sizeof(*a->packets), by_index);
}

/* A packet, with what it means to the connection. */
struct view {
	size_t i;		/* in trace.packets */
	size_t subflow;		/* position in conn->subflows */
	enum direction d;	/* MPTCP direction */
	struct flow *flow;
	int64_t q;		/* position of its first payload byte */
	uint32_t len;
};

static struct view look(struct account *a, size_t i, const size_t *position)
{
	const struct packets *p = &a->trace->packets;
	const struct stream *s = &a->trace->streams[p->stream[i]];
	struct view v = { .i = i, .subflow = position[p->stream[i]] };

	v.d = (enum direction)(!!(p->mark[i] & PACKET_REVERSE) ^ s->flipped);
	v.flow = &a->flows[2 * v.subflow + v.d];
	v.q = unwrap_next(&v.flow->unwrap, p->seq[i]) +
	      !!(p->flags[i] & TCP_SYN) - v.flow->origin;
	v.len = p->len[i];
	return v;
}

static void start_flows(struct account *a)
{
	for (size_t k = 0; k < a->conn->n_subflows; k++) {
		const struct stream *s =
			&a->trace->streams[a->conn->subflows[k]];

		for (int d = 0; d < 2; d++) {
			struct flow *f = &a->flows[2 * k + (size_t)d];
			const struct stream_side *side =
				&s->side[d ^ s->flipped];

			memset(&f->unwrap, 0, sizeof(f->unwrap));
			if (side->has_isn) {
				unwrap_start(&f->unwrap, side->isn);
				f->has_origin = 1;
			}
		}
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

static int decode(const struct account *a, size_t i, struct tcp_options *o)
{
	const struct packets *p = &a->trace->packets;

	if (!tcpopt_may_have_mptcp(packets_options(p, i), p->n_options[i]))
		return 0;
	tcpopt_parse(packets_options(p, i), p->n_options[i], o);
	return o->n_mptcp > 0;
}

/* Bytes that a DSS maps: a DATA_FIN counts in the length but is no byte. */
static int64_t mapped_bytes(const struct mptcp_option *m)
{
	if (m->subtype == MP_DSS && m->dll == 0)
		return m->has & MPTCP_DATA_FIN ? 0 : (int64_t)1 << 48;
	return (int64_t)m->dll - !!(m->has & MPTCP_DATA_FIN);
}

static int misses_origins(const struct account *a)
{
	int missing = 0;

	for (size_t k = 0; k < 2 * a->conn->n_subflows; k++)
		missing |= !a->flows[k].has_origin;
	return missing;
}

/* Narrow down the ISNs that were not captured. */
static void deduce_origins(struct account *a, const size_t *position)
{
	for (size_t j = 0; j < a->n; j++) {
		struct view v = look(a, a->packets[j], position);
		const struct mptcp_option *m = NULL;
		struct tcp_options o;

		if (v.flow->has_origin || !v.len || !decode(a, v.i, &o))
			continue;
		m = mapping_option(&o);
		if (!m || m->subtype != MP_DSS || !m->dll)
			continue;
		/* ISN - base, modulo 2^32, near the segment that it is for */
		int64_t high = v.q - (int64_t)m->ssn;
		int64_t low = high + v.len - mapped_bytes(m);

		if (!v.flow->constrained) {
			v.flow->constrained = 1;
			v.flow->low = low;
			v.flow->high = high;
			continue;
		}
		/* SSNs wrap with the sequence numbers: compare nearby */
		int64_t wraps = ((high - v.flow->high) + ((int64_t)1 << 31)) &
				~(int64_t)0xffffffff;

		high -= wraps;
		low -= wraps;
		if (high < v.flow->high)
			v.flow->high = high;
		if (low > v.flow->low)
			v.flow->low = low;
	}
	for (size_t k = 0; k < 2 * a->conn->n_subflows; k++) {
		struct flow *f = &a->flows[k];

		if (!f->has_origin && f->constrained && f->low == f->high) {
			f->has_origin = 1;
			f->origin = f->low;
		}
	}
}

static int64_t place_dsn(struct lane *lane, const struct mptcp_option *m)
{
	uint64_t dsn = m->dsn;

	if (!(m->has & MPTCP_DSN64))
		dsn = unwrap_nearest(lane->near, (uint32_t)dsn);
	if (!lane->has_base) {
		lane->has_base = 1;
		lane->base = dsn;
	}
	lane->near = dsn;
	return (int64_t)(dsn - lane->base);
}

static void take_mapping(struct account *a, const struct view *v,
			 const struct mptcp_option *m)
{
	struct lane *lane = &a->lane[v->d];
	struct flow *f = v->flow;
	struct mapping map = { 0, mapped_bytes(m), 0 };

	if (m->subtype == MP_CAPABLE) {
		if (!lane->has_idsn)
			return;
		map.ssn = map.x = 1;
	} else {
		map.x = place_dsn(lane, m);
		if (m->has & MPTCP_DATA_FIN) {
			int64_t fin = map.x + map.len;

			if (!lane->has_fin || fin > lane->fin)
				lane->fin = fin;
			lane->has_fin = 1;
		}
		map.ssn = v->q + (int32_t)(m->ssn - (uint32_t)v->q);
	}
	if (!f->has_origin || map.len <= 0 || (m->subtype == MP_DSS && !m->ssn))
		return;
	if (f->n && memcmp(&f->maps[f->n - 1], &map, sizeof(map)) == 0)
		return;
	MEM_PUSH_ROOM(f->maps, f->n, f->cap);
	f->maps[f->n] = map;
	rangemap_claim(&f->by_ssn, map.ssn, map.ssn + map.len, (uint32_t)f->n,
		       NULL, NULL);
	f->n++;
}

static void take_ack(struct lane *lane, const struct mptcp_option *m)
{
	uint64_t dack = m->dack;
	int64_t x = 0;

	if (!lane->has_idsn)
		return;
	if (!(m->has & MPTCP_DACK64))
		dack = unwrap_nearest(lane->near, (uint32_t)dack);
	x = (int64_t)(dack - lane->base);
	if (!lane->has_ack || x > lane->ack)
		lane->ack = x;
	lane->has_ack = 1;
}

static void collect_mappings(struct account *a, const size_t *position)
{
	for (size_t j = 0; j < a->n; j++) {
		struct view v = look(a, a->packets[j], position);
		struct tcp_options o;

		if (!decode(a, v.i, &o))
			continue;
		for (size_t k = 0; k < o.n_mptcp; k++) {
			const struct mptcp_option *m = &o.mptcp[k];

			if (m->subtype == MP_DSS && (m->has & MPTCP_HAS_DACK))
				take_ack(&a->lane[!v.d], m);
		}
		const struct mptcp_option *m = mapping_option(&o);

		if (m)
			take_mapping(a, &v, m);
	}
}

/* What the pieces of one segment are told to. */
struct segment {
	struct account *a;
	const struct view *v;
	const struct mapping *map;
	uint64_t reinjected;
};

static void in_direction(void *ctx, int64_t from, int64_t to,
			 const uint32_t *owner)
{
	struct segment *s = ctx;
	struct direction_bytes *b = s->a->lane[s->v->d].bytes;
	uint64_t n = (uint64_t)(to - from);

	if (owner) {
		b->reinjected += n;
		s->reinjected += n;
		return;
	}
	b->unique += n;
	s->a->trace->streams[s->a->conn->subflows[s->v->subflow]]
		.unique[s->v->d] += n;
}

static void on_subflow(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct segment *s = ctx;
	struct lane *lane = &s->a->lane[s->v->d];

	if (owner)
		lane->bytes->mptcp_repeated += (uint64_t)(to - from);
	else
		rangemap_claim(&lane->first, from, to, (uint32_t)s->v->subflow,
			       in_direction, s);
}

static void by_mapping(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct segment *s = ctx;
	const struct mapping *map = NULL;

	if (!owner) {
		s->a->lane[s->v->d].bytes->unmapped += (uint64_t)(to - from);
		return;
	}
	map = &s->v->flow->maps[*owner];
	from += map->x - map->ssn;
	to += map->x - map->ssn;
	rangemap_claim(&s->v->flow->data, from, to, 0, on_subflow, s);
}

static void by_subflow_byte(void *ctx, int64_t from, int64_t to,
			    const uint32_t *owner)
{
	struct segment *s = ctx;
	struct direction_bytes *b = s->a->lane[s->v->d].bytes;

	if (owner)
		b->tcp_retransmitted += (uint64_t)(to - from);
	else if (s->a->plain)
		in_direction(ctx, from, to, NULL);
	else
		rangemap_look(&s->v->flow->by_ssn, from, to, by_mapping, s);
}

static void classify(struct account *a, const size_t *position)
{
	for (size_t j = 0; j < a->n; j++) {
		struct view v = look(a, a->packets[j], position);
		struct segment s = { .a = a, .v = &v };
		struct direction_bytes *b = a->lane[v.d].bytes;

		if (!v.len)
			continue;
		b->sent += v.len;
		b->packets++;
		a->trace->streams[a->conn->subflows[v.subflow]].sent[v.d] +=
			v.len;
		rangemap_claim(&v.flow->seen, v.q, v.q + v.len, 0,
			       by_subflow_byte, &s);
		b->reinjected_packets += s.reinjected > 0;
	}
}

static void settle(struct lane *lane)
{
	int64_t acked = lane->ack - 1;

	if (!lane->has_ack || !lane->has_idsn || acked < 0)
		return;
	if (lane->has_fin && lane->ack > lane->fin)
		acked--;
	lane->bytes->has_acked = 1;
	lane->bytes->acked = (uint64_t)acked;
}

static void release(struct account *a)
{
	for (size_t k = 0; k < 2 * a->conn->n_subflows; k++) {
		free(a->flows[k].maps);
		rangemap_release(&a->flows[k].by_ssn);
		rangemap_release(&a->flows[k].seen);
		rangemap_release(&a->flows[k].data);
	}
	rangemap_release(&a->lane[0].first);
	rangemap_release(&a->lane[1].first);
	free(a->flows);
	free(a->packets);
}

void account_connection(struct trace *t, struct connection *conn,
			size_t *position)
{
	struct account a = { .trace = t, .conn = conn };

	a.plain = conn->state == CONN_FALLBACK &&
		  conn->cause != FALLBACK_MP_FAIL;
	a.flows = mem_calloc(2 * conn->n_subflows, sizeof(*a.flows));
	for (size_t k = 0; k < conn->n_subflows; k++)
		position[conn->subflows[k]] = k;
	for (int d = 0; d < 2; d++) {
		struct lane *lane = &a.lane[d];

		lane->bytes = &conn->bytes[d];
		if (conn->side[d].has_idsn) {
			lane->has_base = lane->has_idsn = 1;
			lane->base = lane->near = conn->side[d].idsn;
		}
	}
	gather(&a);
	start_flows(&a);
	if (!a.plain) {
		if (misses_origins(&a)) {
			deduce_origins(&a, position);
			start_flows(&a);
		}
		collect_mappings(&a, position);
		start_flows(&a);
	}
	classify(&a, position);
	if (!a.plain)
		for (int d = 0; d < 2; d++)
			settle(&a.lane[d]);
	release(&a);
}
