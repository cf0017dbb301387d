/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/evidence.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/streams.h"
#include "model/tcpopt.h"

enum {
	SAMPLES = 64 /* data packets that represent a stream */
};

const char *evidence_name(enum evidence evidence)
{
	switch (evidence) {
	case EVIDENCE_KEYS: return "keys";
	case EVIDENCE_TOKENS: return "tokens";
	case EVIDENCE_NONCES: return "nonces";
	case EVIDENCE_ISN: return "isn";
	case EVIDENCE_TIMESTAMPS: return "timestamps";
	case EVIDENCE_DATA: return "data";
	case EVIDENCE_ADDRESSES: return "addresses";
	case EVIDENCE_SUBFLOWS: return "subflows";
	}
	return NULL;
}

static void add_fingerprint(struct fingerprints *m, uint32_t stream,
			    unsigned evidence, const void *bytes, size_t n)
{
	*MEM_PUSH(m->items, m->n, m->cap) =
		(struct fingerprint){ .hash = XXH3_64bits_withSeed(bytes, n,
								   evidence),
				      .stream = stream,
				      .evidence = evidence };
}

static uint64_t tsval(const struct packets *p, size_t i)
{
	return packets_tsval(p, i);
}

static void take_handshake(struct fingerprints *m, const struct stream *s,
			   uint32_t i)
{
	for (int d = 0; d < 2; d++) {
		if (s->has_key[d]) {
			uint64_t key[2] = { (uint64_t)d, s->key[d] };

			add_fingerprint(m, i, EVIDENCE_KEYS, key, sizeof(key));
		}
		if (s->has_nonce[d]) {
			uint32_t nonce[3] = { (uint32_t)d, s->nonce[d],
					      d == 0 && s->has_token ? s->token
								     : 0 };

			add_fingerprint(m, i, EVIDENCE_NONCES, nonce,
					sizeof(nonce));
		}
	}
}

static void take_isn(struct fingerprints *m, const struct trace *t,
		     const struct stream *s, uint32_t i)
{
	uint32_t isn[2] = { s->side[0].isn, s->side[1].isn };
	size_t first = t->order[s->first];

	if (s->side[0].has_isn && s->side[1].has_isn)
		add_fingerprint(m, i, EVIDENCE_ISN, isn, sizeof(isn));
	if (s->side[0].has_syn && (t->packets.flags[first] & TCP_SYN) &&
	    !(t->packets.mark[first] & PACKET_REVERSE)) {
		uint64_t stamp = tsval(&t->packets, first);

		if (stamp)
			add_fingerprint(m, i, EVIDENCE_TIMESTAMPS, &stamp,
					sizeof(stamp));
	}
}

/* Keep the SAMPLES lowest of all hashes, in order. */
struct lowest {
	uint64_t hash[SAMPLES];
	size_t n;
};

static void lowest_add(struct lowest *l, uint64_t hash)
{
	size_t at = l->n;

	if (l->n == SAMPLES && hash >= l->hash[SAMPLES - 1])
		return;
	while (at > 0 && l->hash[at - 1] > hash)
		at--;
	if (at > 0 && l->hash[at - 1] == hash)
		return;
	if (l->n < SAMPLES)
		l->n++;
	memmove(&l->hash[at + 1], &l->hash[at],
		(l->n - 1 - at) * sizeof(*l->hash));
	l->hash[at] = hash;
}

/*
 * The packets with payload and the lowest hashes: whatever part of the stream
 * a capture has, the same ones are chosen from what both have.  Also with
 * numbers relative to the ISN, since a middlebox may shift them.
 */
static void take_data(struct fingerprints *m, const struct trace *t,
		      const struct stream *s, uint32_t i)
{
	const struct packets *p = &t->packets;
	struct lowest raw = { .n = 0 }, from_isn = { .n = 0 };

	for (size_t k = 0; k < s->n; k++) {
		size_t at = t->order[s->first + k];
		const struct stream_side *side =
			&s->side[p->mark[at] & PACKET_REVERSE ? TO_CLIENT
							      : TO_SERVER];
		uint64_t what[3] = { p->seq[at], p->len[at], 0 };

		if (!p->len[at])
			continue;
		what[2] = tsval(p, at);
		lowest_add(&raw, XXH3_64bits(what, sizeof(what)));
		if (!side->has_isn)
			continue;
		what[0] = p->seq[at] - side->isn;
		lowest_add(&from_isn, XXH3_64bits(what, sizeof(what)));
	}
	for (size_t k = 0; k < raw.n; k++)
		add_fingerprint(m, i, EVIDENCE_DATA, &raw.hash[k],
				sizeof(*raw.hash));
	for (size_t k = 0; k < from_isn.n; k++)
		add_fingerprint(m, i, EVIDENCE_DATA | FINGERPRINT_FROM_ISN,
				&from_isn.hash[k], sizeof(*from_isn.hash));
}

static void take_addresses(struct fingerprints *m, const struct stream *s,
			   uint32_t i)
{
	const uint64_t ends[2] = { streams_end_hash(&s->client),
				   streams_end_hash(&s->server) };

	add_fingerprint(m, i, EVIDENCE_ADDRESSES, ends, sizeof(ends));
}

static int by_hash(const void *x, const void *y)
{
	const struct fingerprint *a = x, *b = y;

	return COMPARE(a->hash, b->hash) ?: COMPARE(a->stream, b->stream);
}

void fingerprints_make(struct fingerprints *m, const struct trace *t)
{
	for (uint32_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		take_handshake(m, s, i);
		take_isn(m, t, s, i);
		take_data(m, t, s, i);
		take_addresses(m, s, i);
	}
	SORT(m->items, m->n, by_hash);
}

void fingerprints_of_tuples(struct fingerprints *m, const struct trace *t)
{
	for (uint32_t i = 0; i < t->n_streams; i++) {
		*MEM_PUSH(m->items, m->n, m->cap) = (struct fingerprint){
			.hash = streams_tuple_hash(&t->streams[i]),
			.stream = i,
			.evidence = EVIDENCE_ADDRESSES
		};
	}
	SORT(m->items, m->n, by_hash);
}

void fingerprints_release(struct fingerprints *m)
{
	free(m->items);
	memset(m, 0, sizeof(*m));
}
