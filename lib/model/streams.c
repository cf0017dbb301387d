/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/streams.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/renamed.h"
#include "model/stream_scan.h"
#include "model/tcpopt.h"
#include "os/parallel.h"

#define NONE RAW_ROLE_NONE

enum {
	TURNS = 64 /* bits of also_turned */
};

static void learn(struct raw_role *role, enum role_evidence evidence,
		  bool client_is_b)
{
	if (evidence <= role->evidence)
		return;
	role->evidence = evidence;
	role->client_is_b = client_is_b;
}

static void learn_packet(const struct packets *p, size_t i,
			 struct raw_role *role)
{
	int from_b = p->mark[i] & PACKET_REVERSE;
	uint32_t *first = &role->first[!!from_b];
	unsigned syn = p->flags[i] & (TCP_SYN | TCP_ACK);
	struct tcp_options o;

	if (*first == NONE)
		*first = (uint32_t)i;
	if (syn == TCP_SYN) {
		learn(role, BY_SYN, from_b);
		if (!role->has_isn)
			role->isn = p->seq[i];
		role->has_isn = true;
		return;
	}
	if (syn == (TCP_SYN | TCP_ACK)) {
		learn(role, BY_SYNACK, !from_b);
		if (!role->has_isn)
			role->isn = p->ack[i] - 1;
		role->has_isn = true;
		return;
	}
	if (role->evidence >= BY_OPTION)
		return;
	packets_mptcp(p, i, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		if ((o.mptcp[k].subtype == MP_CAPABLE &&
		     (o.mptcp[k].has & MPTCP_HAS_PEER_KEY)) ||
		    (o.mptcp[k].subtype == MP_JOIN && o.mptcp[k].n_hmac == 20))
			learn(role, BY_OPTION, from_b);
}

static int cmp_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	int c = address_order(&a->address, &b->address);

	return c ? c : (int)a->port - (int)b->port;
}

static int by_client_and_isn(const void *x, const void *y)
{
	const struct raw_role *a = x, *b = y;

	return cmp_endpoint(a->client, b->client) ?:
	       cmp_endpoint(a->server, b->server) ?:
	       COMPARE(a->has_isn, b->has_isn) ?:
	       (a->has_isn ? COMPARE(a->isn, b->isn) : 0) ?:
	       COMPARE(a->has_other_name, b->has_other_name) ?:
	       COMPARE(a->tcp_stream, b->tcp_stream);
}

static bool same_stream(const struct raw_role *a, const struct raw_role *b)
{
	return ((a->has_isn && b->has_isn && a->isn == b->isn) ||
		a->client == b->client) &&
	       cmp_endpoint(a->client, b->client) == 0 &&
	       cmp_endpoint(a->server, b->server) == 0;
}

static void name_ends(struct raw_role *role, const struct raw_stream *raw)
{
	role->client = role->client_is_b ? &raw->b : &raw->a;
	role->server = role->client_is_b ? &raw->a : &raw->b;
}

static int by_number(const void *x, const void *y)
{
	const struct stream *a = x, *b = y;

	return COMPARE(a->tcp_stream, b->tcp_stream);
}

static void init_stream(struct stream *s, const struct raw_stream *raw,
			const struct raw_role *role)
{
	memset(s, 0, sizeof(*s));
	s->tcp_stream = raw->tcp_stream;
	s->client = *role->client;
	s->server = *role->server;
	s->roles_known = role->evidence != BY_PORT;
	s->interface = -1;
	s->version = -1;
	s->connection = -1;
	if (role->has_isn) {
		s->side[0].has_isn = true;
		s->side[0].isn = role->isn;
	}
}

/* Add a raw stream, perhaps under another name. */
static void add_raw(struct stream *s, const struct raw_stream *raw,
		    bool client_is_b)
{
	const struct endpoint *client = client_is_b ? &raw->b : &raw->a;
	const struct endpoint *server = client_is_b ? &raw->a : &raw->b;

	s->also = mem_realloc(s->also, s->n_also + 1, sizeof(*s->also));
	if (client_is_b && s->n_also < TURNS)
		s->also_turned |= 1ull << s->n_also;
	s->also[s->n_also++] = raw->tcp_stream;
	if (cmp_endpoint(client, &s->client) == 0 &&
	    cmp_endpoint(server, &s->server) == 0)
		return;
	s->is_renamed = true;
	s->seen_client = *client;
	s->seen_server = *server;
}

/* Make the streams from the sorted roles; record each role's tcp_stream. */
static void make_streams(struct trace *t, struct raw_role *roles, size_t n)
{
	const struct raw_stream *raw_streams = t->packets.streams;

	t->streams = mem_calloc(n, sizeof(*t->streams));
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && same_stream(&roles[i - 1], &roles[i])) {
			struct stream *s = &t->streams[t->n_streams - 1];

			add_raw(s, &raw_streams[roles[i].raw],
				roles[i].client_is_b);
		} else {
			init_stream(&t->streams[t->n_streams++],
				    &raw_streams[roles[i].raw], &roles[i]);
		}
		roles[i].stream = t->streams[t->n_streams - 1].tcp_stream;
	}
	SORT(t->streams, t->n_streams, by_number);
}

/*
 * PACKET_REVERSE if the stream's client is end "b" of the raw stream, which is
 * the stream's first (k = 0) or one of its further ones.
 */
static uint8_t turn_of(const struct stream *s, size_t k,
		       const struct raw_stream *raw)
{
	const bool turned = k > 0 && k <= TURNS
				    ? s->also_turned >> (k - 1) & 1
				    : cmp_endpoint(&raw->a, &s->client) != 0;

	return turned ? PACKET_REVERSE : 0;
}

static void renumber(struct trace *t, const struct raw_role *roles, size_t n)
{
	struct packets *p = &t->packets;
	uint32_t *index = mem_calloc(n, sizeof(*index));
	uint8_t *turn = mem_calloc(n, 1);

	for (size_t i = 0; i < n; i++) {
		struct stream key = { .tcp_stream = roles[i].stream };
		const struct stream *s = bsearch(&key, t->streams, t->n_streams,
						 sizeof(key), by_number);

		index[roles[i].raw] = (uint32_t)(s - t->streams);
		turn[roles[i].raw] = roles[i].client_is_b ? PACKET_REVERSE : 0;
	}
	for (size_t i = 0; i < p->n; i++) {
		p->mark[i] ^= turn[p->stream[i]];
		p->stream[i] = index[p->stream[i]];
	}
	free(index);
	free(turn);
}

static void group(struct trace *t)
{
	const struct packets *p = &t->packets;
	size_t at = 0;

	t->order = mem_calloc(p->n, sizeof(*t->order));
	for (size_t i = 0; i < p->n; i++)
		t->streams[p->stream[i]].n++;
	for (size_t s = 0; s < t->n_streams; s++) {
		t->streams[s].first = at;
		at += t->streams[s].n;
		t->streams[s].n = 0;
	}
	for (size_t i = 0; i < p->n; i++) {
		struct stream *s = &t->streams[p->stream[i]];

		t->order[s->first + s->n++] = (uint32_t)i;
	}
}

static void scan_one(void *ctx, size_t index)
{
	struct trace *t = ctx;

	stream_scan(t, &t->streams[index]);
}

void streams_build(struct trace *t)
{
	struct packets *p = &t->packets;
	size_t n = p->n_streams;
	struct raw_role *roles = mem_calloc(n, sizeof(*roles));

	for (size_t i = 0; i < n; i++) {
		roles[i].raw = (uint32_t)i;
		roles[i].tcp_stream = p->streams[i].tcp_stream;
		roles[i].first[0] = roles[i].first[1] = NONE;
		roles[i].client_is_b =
			p->streams[i].a.port < p->streams[i].b.port;
	}
	for (size_t i = 0; i < p->n; i++)
		learn_packet(p, i, &roles[p->stream[i]]);
	for (size_t i = 0; i < n; i++)
		name_ends(&roles[i], &p->streams[i]);
	if (!t->keep_copies)
		renamed_join(p, roles, n);
	SORT(roles, n, by_client_and_isn);
	make_streams(t, roles, n);
	renumber(t, roles, n);
	free(roles);
	group(t);
	parallel_each(trace_threads(t), t->n_streams, scan_one, t);
}

/* Which stream each raw stream belongs to, and whether it is reversed. */
static int find_streams(const struct trace *t, uint32_t *index, uint8_t *turn)
{
	const struct packets *p = &t->packets;
	size_t found = 0;

	for (size_t i = 0; i < p->n_streams; i++)
		index[i] = UINT32_MAX;
	for (size_t i = 0; i < t->n_streams; i++)
		for (size_t k = 0; k <= t->streams[i].n_also; k++) {
			const struct stream *s = &t->streams[i];
			uint32_t number = k ? s->also[k - 1] : s->tcp_stream;
			long raw = packets_find_stream(p, number);

			if (raw < 0)
				continue;
			if (index[raw] != UINT32_MAX)
				return -1;
			index[raw] = (uint32_t)i;
			turn[raw] = turn_of(s, k, &p->streams[raw]);
			found++;
		}
	return found == p->n_streams ? 0 : -1;
}

int streams_attach(struct trace *t)
{
	struct packets *p = &t->packets;
	uint32_t *index = mem_calloc(p->n_streams, sizeof(*index));
	uint8_t *turn = mem_calloc(p->n_streams, 1);
	size_t *n = mem_calloc(t->n_streams, sizeof(*n)), at = 0;
	int rc = find_streams(t, index, turn);

	t->order = mem_calloc(p->n, sizeof(*t->order));
	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		p->mark[i] ^= turn[p->stream[i]];
		p->stream[i] = index[p->stream[i]];
		n[p->stream[i]]++;
	}
	for (size_t i = 0; rc == 0 && i < t->n_streams; i++) {
		if (!n[i])
			continue;
		if (n[i] != t->streams[i].n + t->streams[i].n_duplicates +
				    t->streams[i].n_copies)
			rc = -1;
		t->streams[i].first = at;
		at += n[i];
		n[i] = t->streams[i].first;
	}
	for (size_t i = 0; rc == 0 && i < p->n; i++)
		t->order[n[p->stream[i]]++] = (uint32_t)i;
	for (size_t i = 0; rc == 0 && i < t->n_streams; i++)
		if (n[i])
			stream_set_apart(t, &t->streams[i]);
	free(index);
	free(turn);
	free(n);
	return rc;
}

void streams_release(struct stream *streams, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(streams[i].also);
	free(streams);
}

bool streams_same_tuple(const struct stream *a, const struct stream *b)
{
	return (cmp_endpoint(&a->client, &b->client) == 0 &&
		cmp_endpoint(&a->server, &b->server) == 0) ||
	       (cmp_endpoint(&a->client, &b->server) == 0 &&
		cmp_endpoint(&a->server, &b->client) == 0);
}

bool streams_turned(const struct stream *a, const struct stream *b)
{
	return cmp_endpoint(&a->client, &b->client) != 0;
}

uint64_t streams_end_hash(const struct endpoint *end)
{
	return XXH3_64bits_withSeed(&end->address, sizeof(end->address),
				    end->port);
}

uint64_t streams_tuple_hash(const struct stream *s)
{
	return streams_end_hash(&s->client) + streams_end_hash(&s->server);
}

int stream_window_shift(const struct stream *s, enum direction d)
{
	const struct stream_side *other = &s->side[!d], *side = &s->side[d];

	if ((side->has_syn && !side->has_wscale && !side->syn_cut) ||
	    (other->has_syn && !other->has_wscale && !other->syn_cut))
		return 0;
	if (!side->has_wscale || (d == TO_SERVER && !other->has_wscale))
		return -1;
	return side->wscale > 14 ? 14 : side->wscale;
}
