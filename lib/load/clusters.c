/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/clusters.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/key.h"
#include "model/streams.h"
#include "model/tcpopt.h"

/* An arc of this width may depend on the order of packets. */
static const uint64_t WIDE = (uint64_t)1 << 61;

/* Streams with an equal clue belong to one cluster. */
enum clue_kind {
	CLUE_HANDSHAKE, /* ends and initial sequence number: the same stream */
	CLUE_ENDS,
	CLUE_TOKEN
};

struct cluster_clue {
	enum clue_kind kind;
	uint32_t stream; /* index */
	uint64_t value;
};

static void add_clue(struct clusters *c, uint32_t stream, enum clue_kind kind,
		     uint64_t value)
{
	*MEM_PUSH(c->clues, c->n_clues, c->cap_clues) =
		(struct cluster_clue){ kind, stream, value };
}

/* The index of a stream of the packet table, with its ends. */
static uint32_t find(struct clusters *c, const struct raw_stream *raw)
{
	const uint32_t number = raw->tcp_stream;
	uint32_t *at = number_index_place(&c->by_tcp_stream, number);
	struct cluster_stream *s = NULL;

	if (*at)
		return *at - 1;
	MEM_PUSH_ROOM(c->streams, c->n, c->cap);
	s = &c->streams[c->n++];
	*s = (struct cluster_stream){ .tcp_stream = number,
				      .cluster = (uint32_t)c->n - 1,
				      .end = { streams_end_hash(&raw->a),
					       streams_end_hash(&raw->b) } };
	*at = (uint32_t)c->n;
	add_clue(c, s->cluster, CLUE_ENDS, s->end[0] + s->end[1]);
	return s->cluster;
}

/* Try both versions: which one it is may be known only later. */
static void take_key(struct clusters *c, uint32_t stream, int d, uint64_t key)
{
	struct cluster_stream *s = &c->streams[stream];

	if (s->has_key[d] && s->key[d] == key)
		return;
	s->has_key[d] = 1;
	s->key[d] = key;
	for (int version = 0; version < 2; version++) {
		struct arc arc = { .owner = stream };
		uint32_t token = 0;
		uint64_t idsn = 0;

		key_derive(version, key, &token, &idsn);
		add_clue(c, stream, CLUE_TOKEN, token);
		arc_widen(&arc, idsn, idsn + 1);
		arcs_add(&c->arcs, &arc);
	}
}

static void widen(struct clusters *c, struct arc *arc, uint64_t from,
		  uint64_t to)
{
	int64_t away = arc_width(arc) ? (int64_t)(from - arc->from) : 0;

	arc_widen(arc, from, to);
	c->wide |= away >= (int64_t)WIDE || away <= -(int64_t)WIDE ||
		   arc_width(arc) >= WIDE;
}

static void take_option(struct clusters *c, uint32_t stream, int d,
			const struct mptcp_option *m)
{
	struct cluster_stream *s = &c->streams[stream];

	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_KEY))
		take_key(c, stream, d, m->key);
	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_PEER_KEY))
		take_key(c, stream, !d, m->peer_key);
	if (m->subtype == MP_JOIN && (m->has & MPTCP_HAS_TOKEN))
		add_clue(c, stream, CLUE_TOKEN, m->token);
	if (m->subtype == MP_DSS && (m->has & MPTCP_DSN64))
		widen(c, &s->arc[d], m->dsn, m->dsn + m->dll + 1);
	if (m->subtype == MP_DSS && (m->has & MPTCP_DACK64))
		widen(c, &s->arc[!d], m->dack, m->dack + 1);
}

static void take_packet(struct clusters *c, const struct packets *p, size_t i,
			uint32_t stream, bool turned)
{
	struct cluster_stream *s = &c->streams[stream];
	int d = !!(p->mark[i] & PACKET_REVERSE) ^ turned;
	struct tcp_options o;

	s->packets++;
	if (p->flags[i] & TCP_SYN) {
		uint32_t isn =
			p->flags[i] & TCP_ACK ? p->ack[i] - 1 : p->seq[i];
		uint64_t value[2] = { s->end[0] + s->end[1], isn };

		add_clue(c, stream, CLUE_HANDSHAKE,
			 XXH3_64bits(value, sizeof(value)));
	}
	packets_mptcp(p, i, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		take_option(c, stream, d, &o.mptcp[k]);
}

void clusters_take(struct clusters *c, const struct packets *p)
{
	uint32_t *index = mem_calloc(p->n_streams, sizeof(*index));
	bool *turned = mem_calloc(p->n_streams, sizeof(*turned));

	for (size_t k = 0; k < p->n_streams; k++) {
		index[k] = find(c, &p->streams[k]);
		turned[k] = streams_end_hash(&p->streams[k].a) !=
			    c->streams[index[k]].end[0];
	}
	for (size_t i = 0; i < p->n; i++)
		take_packet(c, p, i, index[p->stream[i]], turned[p->stream[i]]);
	free(index);
	free(turned);
}

static uint32_t root_of(struct clusters *c, uint32_t i)
{
	uint32_t root = i;

	while (c->streams[root].cluster != root)
		root = c->streams[root].cluster;
	while (i != root) {
		uint32_t next = c->streams[i].cluster;

		c->streams[i].cluster = root;
		i = next;
	}
	return root;
}

/* The first stream with a clue represents all. */
static void unite(struct clusters *c, uint32_t a, uint32_t b)
{
	a = root_of(c, a);
	b = root_of(c, b);
	if (a < b)
		c->streams[b].cluster = a;
	else
		c->streams[a].cluster = b;
}

static int by_value(const void *x, const void *y)
{
	const struct cluster_clue *a = x, *b = y;

	return COMPARE(a->kind, b->kind) ?: COMPARE(a->value, b->value);
}

/* The end of the clues of one kind that begin at "from". */
static size_t follow_clues(struct clusters *c, size_t from)
{
	const struct cluster_clue *clue = c->clues;
	size_t i = from;

	for (; i < c->n_clues && clue[i].kind == clue[from].kind; i++)
		if (i > from && clue[i].value == clue[i - 1].value)
			unite(c, clue[i].stream, clue[i - 1].stream);
	return i;
}

/* Streams that Wireshark split have one range of numbers. */
static void join_arcs(struct clusters *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct cluster_stream *s = &c->streams[i];
		struct cluster_stream *root = &c->streams[root_of(c, i)];
		bool turned = s->end[0] != root->end[0];

		for (int d = 0; s != root && d < 2; d++) {
			const struct arc *arc = &s->arc[d];

			if (arc_width(arc))
				widen(c, &root->arc[d ^ turned], arc->from,
				      arc->to);
		}
	}
}

static void link_arcs(void *ctx, const struct arc *a, const struct arc *b)
{
	unite(ctx, (uint32_t)a->owner, (uint32_t)b->owner);
}

static void follow_arcs(struct clusters *c)
{
	join_arcs(c);
	for (uint32_t i = 0; i < c->n; i++)
		for (int d = 0; d < 2; d++) {
			struct arc *arc = &c->streams[i].arc[d];

			arc->owner = i;
			arcs_add(&c->arcs, arc);
		}
	for (size_t k = 1; c->wide && k < c->arcs.n; k++)
		link_arcs(c, &c->arcs.items[0], &c->arcs.items[k]);
	arcs_link(&c->arcs, link_arcs, c);
}

static int by_cluster(const void *x, const void *y)
{
	const struct cluster_stream *a = x, *b = y;

	return COMPARE(a->cluster, b->cluster)
		       ?: COMPARE(a->tcp_stream, b->tcp_stream);
}

void clusters_settle(struct clusters *c)
{
	size_t at = 0;

	if (!c->n)
		return;
	SORT(c->clues, c->n_clues, by_value);
	if (c->clues[0].kind == CLUE_HANDSHAKE)
		at = follow_clues(c, 0);
	follow_arcs(c);
	while (at < c->n_clues)
		at = follow_clues(c, at);
	for (uint32_t i = 0; i < c->n; i++)
		c->streams[i].cluster = root_of(c, i);
	SORT(c->streams, c->n, by_cluster);
}

void clusters_release(struct clusters *c)
{
	free(c->streams);
	number_index_release(&c->by_tcp_stream);
	free(c->clues);
	arcs_release(&c->arcs);
	memset(c, 0, sizeof(*c));
}
