/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With the captures of both ends: did the options arrive as they were sent? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "check/examine.h"
#include "model/tcpopt.h"

enum {
	KEPT_FLAGS = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK,
	OPTIONS = 40
};

/* What a packet is known by, apart from its options. */
struct identity {
	int64_t position;
	uint64_t stamp; /* TSval, see tcpopt_tsval() */
	uint32_t len, flags, direction;
	uint32_t ack; /* of those without data, which have no other place */
};

struct sent {
	struct identity id; /* zeroed first: its padding is hashed */
	uint32_t packet;
	UT_hash_handle hh;
};

/* A packet's MPTCP options, one behind the other. */
static size_t mptcp_bytes(const struct packets *p, uint32_t i, uint8_t *out)
{
	const uint8_t *o = NULL;
	size_t at = 0, len = 0, n = 0;
	int kind = 0;

	while ((kind = tcpopt_next(packets_options(p, i), p->n_options[i], &at,
				   &o, &len)))
		if (kind == TCPOPT_MPTCP && n + len <= OPTIONS) {
			memcpy(out + n, o, len);
			n += len;
		}
	return n;
}

/* Of the packets of a paired stream: who sent what, which capture is where. */
struct passage {
	struct checkup *c;
	const struct paired_stream *pair;
	struct sent *sent; /* hash table of the second capture's packets */
};

/* What a packet acknowledges, counted from the ISN where both ends tell it. */
static uint32_t acknowledged(const struct passage *v, int end, uint32_t i,
			     int direction)
{
	const struct packets *p = &v->c->pairing->trace[end]->packets;
	const struct stream_side *side[2] = {
		&v->pair->stream[0]->side[!direction],
		&v->pair->stream[1]->side[!direction]
	};

	if (!(p->flags[i] & TCP_ACK))
		return 0;
	return side[0]->has_isn && side[1]->has_isn ? p->ack[i] - side[end]->isn
						    : p->ack[i];
}

static struct identity identify(const struct passage *v, int end, size_t k)
{
	const struct match_end *e = &v->pair->match.end[end];
	const struct packets *p = &v->c->pairing->trace[end]->packets;
	uint32_t i = e->packet[k];
	struct identity id;

	memset(&id, 0, sizeof(id));
	id.position = e->position[k];
	id.stamp = tcpopt_tsval(packets_options(p, i), p->n_options[i]);
	id.len = p->len[i];
	id.flags = p->flags[i] & KEPT_FLAGS;
	id.direction = e->direction[k];
	if (!id.len)
		id.ack = acknowledged(v, end, i, e->direction[k]);
	return id;
}

static struct sent *find(struct passage *v, struct identity *id)
{
	struct sent *s = NULL;

	HASH_FIND(hh, v->sent, id, sizeof(*id), s);
	return s;
}

static int is_left_over(const struct match_end *e, size_t k)
{
	return e->fate[k] != MATCH_MATCHED && e->fate[k] != MATCH_DUPLICATE &&
	       e->fate[k] != MATCH_AMBIGUOUS;
}

static void index_second(struct passage *v)
{
	const struct match_end *e = &v->pair->match.end[1];

	for (size_t k = 0; k < e->n; k++) {
		struct identity id = identify(v, 1, k);
		struct sent *s = NULL;

		if (!is_left_over(e, k) || find(v, &id))
			continue;
		s = mem_calloc(1, sizeof(*s));
		s->id = id;
		s->packet = e->packet[k];
		HASH_ADD(hh, v->sent, id, sizeof(s->id), s);
	}
}

/* Packets 0 and 1, by capture, are one; "sender" is the capture before. */
static void judge_packet(struct passage *v, const uint32_t packet[2],
			 int sender)
{
	struct finding *f = &v->c->findings[RULE_OPTIONS_INTACT];
	const struct packets *p[2] = { &v->c->pairing->trace[0]->packets,
				       &v->c->pairing->trace[1]->packets };
	struct damages *all = &v->c->damages;
	uint8_t bytes[2][OPTIONS];
	size_t n[2];
	const char *what = NULL;

	for (int e = 0; e < 2; e++) {
		if (p[e]->mark[packet[e]] & PACKET_OPTIONS_CUT) {
			finding_unknown(f, "options were not captured whole");
			return;
		}
		n[e] = mptcp_bytes(p[e], packet[e], bytes[e]);
	}
	if (n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0) {
		finding_ok(f);
		return;
	}
	what = !n[!sender] ? "lost its" : n[sender] ? "got other" : "got";
	finding_wrong(f, SEVERITY_ERROR, p[0]->frame[packet[0]],
		      "%s of tcp %u %s Multipath TCP options on the way to "
		      "the %s (frame %" PRIu32 " of the other capture)",
		      checkup_packet_name(v->c, packet[0]),
		      v->pair->stream[0]->tcp_stream, what,
		      sender == v->c->pairing->client_end ? "server" : "client",
		      p[1]->frame[packet[1]]);
	MEM_PUSH_ROOM(all->items, all->n, all->cap);
	all->items[all->n++] = (struct damaged){
		.packet = packet[0],
		.frame = p[1]->frame[packet[1]],
		.subflow = (uint32_t)v->pair->stream[0]->position,
		.removed = !n[!sender],
		.arrived = sender == 1,
	};
}

/* The same packet in the second capture: matched, or left over in both. */
static uint32_t find_peer(struct passage *v, size_t k)
{
	const struct match_end *e = &v->pair->match.end[0];
	struct identity id;
	struct sent *s = NULL;
	uint32_t peer = MATCH_NONE;

	if (e->fate[k] == MATCH_MATCHED)
		return e->peer[k];
	if (!is_left_over(e, k))
		return MATCH_NONE;
	id = identify(v, 0, k);
	s = find(v, &id);
	if (!s)
		return MATCH_NONE;
	peer = s->packet;
	HASH_DEL(v->sent, s);
	free(s);
	return peer;
}

static void check_stream(struct passage *v)
{
	const struct match_end *e = &v->pair->match.end[0];

	index_second(v);
	for (size_t k = 0; k < e->n; k++) {
		uint32_t peer = find_peer(v, k);
		int sender = e->direction[k] == TO_SERVER
				     ? v->pair->client_end
				     : !v->pair->client_end;

		if (peer != MATCH_NONE)
			judge_packet(v, (uint32_t[2]){ e->packet[k], peer },
				     sender);
	}
}

static int by_packet(const void *x, const void *y)
{
	const struct damaged *a = x, *b = y;

	return a->packet < b->packet ? -1 : a->packet > b->packet;
}

void check_path(struct checkup *c)
{
	for (size_t k = 0; c->pairing && k < c->conn->n_subflows; k++) {
		struct passage v = { .c = c };
		struct sent *s = NULL, *next = NULL;

		v.pair = pairing_stream(c->pairing, checkup_subflow(c, k));
		if (!v.pair) {
			finding_unknown(&c->findings[RULE_OPTIONS_INTACT],
					"tcp %u is not in the other capture",
					checkup_subflow(c, k)->tcp_stream);
			continue;
		}
		check_stream(&v);
		HASH_ITER (hh, v.sent, s, next) {
			HASH_DEL(v.sent, s);
			free(s);
		}
	}
	if (c->damages.n)
		qsort(c->damages.items, c->damages.n, sizeof(*c->damages.items),
		      by_packet);
}
