/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/kin.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "model/key.h"
#include "model/streams.h"
#include "model/tcpopt.h"

/* An arc that wide may be another one when told in another order. */
static const uint64_t WIDE = (uint64_t)1 << 61;

/* Streams with the same clue are kin. */
enum clue_kind {
	CLUE_HANDSHAKE, /* ends and initial sequence number: one stream */
	CLUE_ENDS,
	CLUE_TOKEN
};

struct kin_clue {
	enum clue_kind kind;
	uint32_t stream; /* index */
	uint64_t value;
};

static void add_clue(struct kin *kin, uint32_t stream, enum clue_kind kind,
		     uint64_t value)
{
	MEM_PUSH_ROOM(kin->clues, kin->n_clues, kin->cap_clues);
	kin->clues[kin->n_clues++] = (struct kin_clue){ kind, stream, value };
}

/* The index of a stream in the packet table, with its two ends. */
static uint32_t find(struct kin *kin, const struct raw_stream *raw)
{
	uint32_t number = raw->tcp_stream;
	struct kin_stream *s = NULL;

	if (number >= kin->cap_by)
		kin->by_tcp_stream =
			mem_grow_zeroed(kin->by_tcp_stream, &kin->cap_by,
					(size_t)number + 1, sizeof(number));
	if (kin->by_tcp_stream[number])
		return kin->by_tcp_stream[number] - 1;
	MEM_PUSH_ROOM(kin->streams, kin->n, kin->cap);
	s = &kin->streams[kin->n++];
	*s = (struct kin_stream){ .tcp_stream = number,
				  .group = (uint32_t)kin->n - 1,
				  .end = { streams_end_hash(&raw->a),
					   streams_end_hash(&raw->b) } };
	kin->by_tcp_stream[number] = (uint32_t)kin->n;
	add_clue(kin, s->group, CLUE_ENDS, s->end[0] + s->end[1]);
	return s->group;
}

/* Of either version: which one it is may be told elsewhere. */
static void take_key(struct kin *kin, uint32_t stream, int d, uint64_t key)
{
	struct kin_stream *s = &kin->streams[stream];

	if (s->has_key[d] && s->key[d] == key)
		return;
	s->has_key[d] = 1;
	s->key[d] = key;
	for (int version = 0; version < 2; version++) {
		struct arc arc = { .owner = stream };
		uint32_t token = 0;
		uint64_t idsn = 0;

		key_derive(version, key, &token, &idsn);
		add_clue(kin, stream, CLUE_TOKEN, token);
		arc_widen(&arc, idsn, idsn + 1);
		arcs_add(&kin->arcs, &arc);
	}
}

static void widen(struct kin *kin, struct arc *arc, uint64_t from, uint64_t to)
{
	int64_t away = arc_width(arc) ? (int64_t)(from - arc->from) : 0;

	arc_widen(arc, from, to);
	kin->wide |= away >= (int64_t)WIDE || away <= -(int64_t)WIDE ||
		     arc_width(arc) >= WIDE;
}

static void take_option(struct kin *kin, uint32_t stream, int d,
			const struct mptcp_option *m)
{
	struct kin_stream *s = &kin->streams[stream];

	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_KEY))
		take_key(kin, stream, d, m->key);
	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_PEER_KEY))
		take_key(kin, stream, !d, m->peer_key);
	if (m->subtype == MP_JOIN && (m->has & MPTCP_HAS_TOKEN))
		add_clue(kin, stream, CLUE_TOKEN, m->token);
	if (m->subtype == MP_DSS && (m->has & MPTCP_DSN64))
		widen(kin, &s->arc[d], m->dsn, m->dsn + m->dll + 1);
	if (m->subtype == MP_DSS && (m->has & MPTCP_DACK64))
		widen(kin, &s->arc[!d], m->dack, m->dack + 1);
}

static void take_packet(struct kin *kin, const struct packets *p, size_t i,
			uint32_t stream, int turned)
{
	struct kin_stream *s = &kin->streams[stream];
	int d = !!(p->mark[i] & PACKET_REVERSE) ^ turned;
	struct tcp_options o;

	s->packets++;
	if (p->flags[i] & TCP_SYN) {
		uint32_t isn =
			p->flags[i] & TCP_ACK ? p->ack[i] - 1 : p->seq[i];
		uint64_t value[2] = { s->end[0] + s->end[1], isn };

		add_clue(kin, stream, CLUE_HANDSHAKE,
			 XXH3_64bits(value, sizeof(value)));
	}
	tcpopt_parse_mptcp(packets_options(p, i), p->n_options[i], &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		take_option(kin, stream, d, &o.mptcp[k]);
}

void kin_take(struct kin *kin, const struct packets *p)
{
	uint32_t *index = mem_calloc(p->n_streams, sizeof(*index));
	uint8_t *turned = mem_calloc(p->n_streams, 1);

	for (size_t k = 0; k < p->n_streams; k++) {
		index[k] = find(kin, &p->streams[k]);
		turned[k] = streams_end_hash(&p->streams[k].a) !=
			    kin->streams[index[k]].end[0];
	}
	for (size_t i = 0; i < p->n; i++)
		take_packet(kin, p, i, index[p->stream[i]],
			    turned[p->stream[i]]);
	free(index);
	free(turned);
}

static uint32_t root_of(struct kin *kin, uint32_t i)
{
	uint32_t root = i;

	while (kin->streams[root].group != root)
		root = kin->streams[root].group;
	while (i != root) {
		uint32_t next = kin->streams[i].group;

		kin->streams[i].group = root;
		i = next;
	}
	return root;
}

/* The first of them stands for all. */
static void unite(struct kin *kin, uint32_t a, uint32_t b)
{
	a = root_of(kin, a);
	b = root_of(kin, b);
	if (a < b)
		kin->streams[b].group = a;
	else
		kin->streams[a].group = b;
}

static int by_value(const void *x, const void *y)
{
	const struct kin_clue *a = x, *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* From clue "from" on, those of one kind: the end of them. */
static size_t follow_clues(struct kin *kin, size_t from)
{
	const struct kin_clue *c = kin->clues;
	size_t i = from;

	for (; i < kin->n_clues && c[i].kind == c[from].kind; i++)
		if (i > from && c[i].value == c[i - 1].value)
			unite(kin, c[i].stream, c[i - 1].stream);
	return i;
}

/* What Wireshark split in two has one range of numbers. */
static void join_arcs(struct kin *kin)
{
	for (uint32_t i = 0; i < kin->n; i++) {
		struct kin_stream *s = &kin->streams[i];
		struct kin_stream *root = &kin->streams[root_of(kin, i)];
		int turned = s->end[0] != root->end[0];

		for (int d = 0; s != root && d < 2; d++) {
			const struct arc *arc = &s->arc[d];

			if (arc_width(arc))
				widen(kin, &root->arc[d ^ turned], arc->from,
				      arc->to);
		}
	}
}

static void link_arcs(void *ctx, const struct arc *a, const struct arc *b)
{
	unite(ctx, (uint32_t)a->owner, (uint32_t)b->owner);
}

static void follow_arcs(struct kin *kin)
{
	join_arcs(kin);
	for (uint32_t i = 0; i < kin->n; i++)
		for (int d = 0; d < 2; d++) {
			struct arc *arc = &kin->streams[i].arc[d];

			arc->owner = i;
			arcs_add(&kin->arcs, arc);
		}
	for (size_t k = 1; kin->wide && k < kin->arcs.n; k++)
		link_arcs(kin, &kin->arcs.items[0], &kin->arcs.items[k]);
	arcs_link(&kin->arcs, link_arcs, kin);
}

static int by_group(const void *x, const void *y)
{
	const struct kin_stream *a = x, *b = y;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->tcp_stream < b->tcp_stream ? -1
					     : a->tcp_stream > b->tcp_stream;
}

void kin_settle(struct kin *kin)
{
	size_t at = 0;

	if (!kin->n)
		return;
	qsort(kin->clues, kin->n_clues, sizeof(*kin->clues), by_value);
	if (kin->clues[0].kind == CLUE_HANDSHAKE)
		at = follow_clues(kin, 0);
	follow_arcs(kin);
	while (at < kin->n_clues)
		at = follow_clues(kin, at);
	for (uint32_t i = 0; i < kin->n; i++)
		kin->streams[i].group = root_of(kin, i);
	qsort(kin->streams, kin->n, sizeof(*kin->streams), by_group);
}

void kin_release(struct kin *kin)
{
	free(kin->streams);
	free(kin->by_tcp_stream);
	free(kin->clues);
	arcs_release(&kin->arcs);
	memset(kin, 0, sizeof(*kin));
}
