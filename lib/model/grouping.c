/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/grouping.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "model/arc.h"
#include "model/streams.h"
#include "model/tcpopt.h"

/* Union-find with parity: the direction relative to the root. */
struct forest {
	struct grouping_result *g; /* .root is the parent while building */
};

static size_t root_of(struct forest *f, size_t i, int *flipped)
{
	size_t r = i;
	int parity = 0;

	while (f->g[r].root != r) {
		parity ^= f->g[r].flipped;
		r = f->g[r].root;
	}
	while (f->g[i].root != r && i != r) { /* compress the path */
		size_t next = f->g[i].root;
		int own = f->g[i].flipped;

		f->g[i].root = r;
		f->g[i].flipped = parity;
		parity ^= own;
		i = next;
	}
	*flipped = 0;
	return r;
}

static int parity_of(const struct forest *f, size_t i)
{
	int parity = 0;

	while (f->g[i].root != i) {
		parity ^= f->g[i].flipped;
		i = f->g[i].root;
	}
	return parity;
}

static void unite(const struct trace *t, struct forest *f, size_t a, size_t b,
		  bool flipped, bool by_data_sequence)
{
	int unused = 0, pa = parity_of(f, a), pb = parity_of(f, b);
	size_t ra = root_of(f, a, &unused), rb = root_of(f, b, &unused);

	if (by_data_sequence && a != b)
		f->g[a].by_data_sequence = f->g[b].by_data_sequence = true;
	if (ra == rb)
		return;
	if (t->streams[ra].connection >= 0 && t->streams[rb].connection >= 0)
		return; /* two connections are never merged */
	if (t->streams[rb].connection >= 0) {
		size_t r = ra;

		ra = rb;
		rb = r;
	}
	f->g[rb].root = ra;
	f->g[rb].flipped = pa ^ pb ^ flipped;
}

static void collect(const struct trace *t, size_t index, struct arcs *arcs)
{
	const struct stream *s = &t->streams[index];
	const struct packets *p = &t->packets;
	struct arc arc[2] = { { 0, 0, index, 0 }, { 0, 0, index, 1 } };

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE);
		struct tcp_options o;

		packets_mptcp(p, i, &o);
		for (size_t m = 0; m < o.n_mptcp; m++) {
			const struct mptcp_option *dss = &o.mptcp[m];

			if (dss->subtype != MP_DSS)
				continue;
			if (dss->has & MPTCP_DSN64)
				arc_widen(&arc[d], dss->dsn,
					  dss->dsn + dss->dll + 1);
			if (dss->has & MPTCP_DACK64)
				arc_widen(&arc[!d], dss->dack, dss->dack + 1);
		}
	}
	arcs_add(arcs, &arc[0]);
	arcs_add(arcs, &arc[1]);
}

/* Where the data of a connection with known keys begins. */
static void collect_idsn(const struct connection *c, struct arcs *arcs)
{
	for (int d = 0; d < 2; d++) {
		const struct conn_side *side = &c->side[d];
		struct arc arc = { side->idsn, side->idsn + 1, c->subflows[0],
				   d };

		if (side->has_idsn)
			arcs_add(arcs, &arc);
	}
}

struct linking {
	const struct trace *trace;
	struct forest *forest;
};

static void link_arcs(void *ctx, const struct arc *a, const struct arc *b)
{
	const struct linking *l = ctx;
	const struct stream *streams = l->trace->streams;

	if (a->owner != b->owner && (streams[a->owner].connection < 0 ||
				     streams[b->owner].connection < 0))
		unite(l->trace, l->forest, a->owner, b->owner,
		      a->direction != b->direction, 1);
}

static void by_data_sequence(const struct trace *t, struct forest *f)
{
	struct arcs arcs = { .items = NULL };
	struct linking linking = { t, f };
	int orphans = 0;

	for (size_t i = 0; i < t->n_streams; i++)
		orphans |= t->streams[i].kind == STREAM_ORPHAN ||
			   (t->streams[i].kind == STREAM_JOIN &&
			    t->streams[i].connection < 0);
	for (size_t i = 0; orphans && i < t->n_streams; i++)
		if (t->streams[i].kind != STREAM_PLAIN)
			collect(t, i, &arcs);
	for (size_t i = 0; orphans && i < t->n_connections; i++)
		collect_idsn(&t->connections[i], &arcs);
	arcs_link(&arcs, link_arcs, &linking);
	arcs_release(&arcs);
}

struct by_key {
	uint32_t key;
	uint64_t tuple; /* streams_tuple_hash(), if needed; else 0 */
	size_t stream;
};

static int cmp_key(const void *x, const void *y)
{
	const struct by_key *a = x, *b = y;

	return COMPARE(a->key, b->key) ?:
	       COMPARE(a->tuple, b->tuple) ?:
	       COMPARE(a->stream, b->stream);
}

static void by_token(const struct trace *t, struct forest *f)
{
	struct by_key *v = mem_calloc(t->n_streams, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < t->n_streams; i++)
		if (t->streams[i].kind == STREAM_JOIN &&
		    t->streams[i].has_token && t->streams[i].connection < 0)
			v[n++] = (struct by_key){ t->streams[i].token, 0, i };
	SORT(v, n, cmp_key);
	for (size_t i = 1; i < n; i++)
		if (v[i].key == v[i - 1].key)
			unite(t, f, v[i - 1].stream, v[i].stream, 0, 0);
	free(v);
}

/* A stream with this initial sequence number and these ends, or NULL. */
static const struct stream *find_isn(const struct trace *t,
				     const struct by_key *v, size_t n,
				     uint32_t isn, const struct stream *s)
{
	const struct by_key key = { isn, streams_tuple_hash(s), 0 };
	size_t at = LOWER_BOUND(k, 0, n, cmp_key(&v[k], &key) < 0);

	for (; at < n && v[at].key == isn && v[at].tuple == key.tuple; at++)
		if (streams_same_tuple(s, &t->streams[v[at].stream]))
			return &t->streams[v[at].stream];
	return NULL;
}

/*
 * Packets with the ports and initial sequence number of a captured handshake
 * that Wireshark counts as a separate stream (ACKs before a repeated SYN).
 */
static void by_isn(const struct trace *t, struct forest *f)
{
	struct by_key *v = mem_calloc(t->n_streams, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		if (s->side[0].has_isn && s->kind != STREAM_PLAIN)
			v[n++] = (struct by_key){ s->side[0].isn,
						  streams_tuple_hash(s), i };
	}
	SORT(v, n, cmp_key);
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i], *other = NULL;
		uint32_t seq = 0;

		if (s->kind != STREAM_ORPHAN || s->side[0].has_isn)
			continue;
		seq = t->packets.seq[t->order[s->first]];
		other = find_isn(t, v, n, seq - 1, s);
		if (!other)
			other = find_isn(t, v, n, seq, s);
		if (other)
			unite(t, f, (size_t)(other - t->streams), i,
			      s->client.port != other->client.port, 0);
	}
	free(v);
}

struct grouping_result *grouping_find(const struct trace *t)
{
	struct forest f = { mem_calloc(t->n_streams, sizeof(*f.g)) };
	int *parity = mem_calloc(t->n_streams, sizeof(*parity));
	size_t *root = mem_calloc(t->n_streams, sizeof(*root));

	for (size_t i = 0; i < t->n_streams; i++)
		f.g[i].root = i;
	/* Subflows that are already grouped count as one stream. */
	for (size_t c = 0; c < t->n_connections; c++) {
		const struct connection *conn = &t->connections[c];
		size_t first = conn->subflows[0];

		for (size_t k = 1; k < conn->n_subflows; k++) {
			size_t i = conn->subflows[k];

			f.g[i].root = first;
			f.g[i].flipped = t->streams[i].flipped ^
					 t->streams[first].flipped;
		}
	}
	by_token(t, &f);
	by_isn(t, &f);
	by_data_sequence(t, &f);
	for (size_t i = 0; i < t->n_streams; i++) {
		int unused = 0;

		parity[i] = parity_of(&f, i);
		root[i] = root_of(&f, i, &unused);
	}
	for (size_t i = 0; i < t->n_streams; i++) {
		f.g[i].root = root[i];
		f.g[i].flipped = parity[i];
	}
	free(parity);
	free(root);
	return f.g;
}
