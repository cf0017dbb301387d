/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vantage.h"

enum {
	NOTHING = 200000, /* ns */
	NEAR_PARTS = 10
};

/* How long each end of a stream took to answer in the handshake. */
struct reaction {
	int64_t opener, other; /* ns */
};

/* The last packets of the handshake so far; -1: none. */
struct handshake {
	int64_t syn, synack;
	int has_syn, has_synack;
	int64_t other; /* first SYN/ACK less the SYN before it */
	int has_other;
};

/* 1 when packet i completes the handshake. */
static int take_packet(struct handshake *h, const struct packets *p, size_t i)
{
	unsigned flags = p->flags[i];
	int reverse = p->mark[i] & PACKET_REVERSE;

	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && !reverse) {
		h->has_syn = 1;
		h->syn = p->time[i];
	} else if ((flags & TCP_SYN) && (flags & TCP_ACK) && reverse) {
		if (h->has_syn && !h->has_other) {
			h->has_other = 1;
			h->other = p->time[i] - h->syn;
		}
		h->has_synack = 1;
		h->synack = p->time[i];
	} else if (!reverse &&
		   (flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK) {
		return h->has_synack;
	}
	return 0;
}

static int measure(const struct trace *t, const struct stream *s,
		   struct reaction *out)
{
	const struct packets *p = &t->packets;
	struct handshake h = { .has_syn = 0 };

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];

		if (!take_packet(&h, p, i))
			continue;
		out->opener = p->time[i] - h.synack;
		out->other = h.other;
		return h.has_other;
	}
	return 0;
}

enum vantage vantage_find(const struct trace *t, const struct connection *conn)
{
	int64_t client = 0, server = 0;

	for (size_t k = 0; k < conn->n_subflows; k++) {
		const struct stream *s = &t->streams[conn->subflows[k]];
		struct reaction r = { 0, 0 };

		if (!s->side[0].has_syn || !s->side[1].has_syn ||
		    !measure(t, s, &r) || r.opener + r.other <= client + server)
			continue;
		client = s->flipped ? r.other : r.opener;
		server = s->flipped ? r.opener : r.other;
	}
	if (client + server < NOTHING)
		return VANTAGE_UNKNOWN;
	if (client < (client + server) / NEAR_PARTS)
		return VANTAGE_CLIENT;
	if (server < (client + server) / NEAR_PARTS)
		return VANTAGE_SERVER;
	return VANTAGE_MIDDLE;
}

const char *vantage_name(enum vantage vantage)
{
	switch (vantage) {
	case VANTAGE_UNKNOWN: return NULL;
	case VANTAGE_CLIENT: return "client";
	case VANTAGE_SERVER: return "server";
	case VANTAGE_MIDDLE: return "middle";
	}
	return NULL;
}

int vantage_is_sender(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_CLIENT : VANTAGE_SERVER);
}

int vantage_is_receiver(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_SERVER : VANTAGE_CLIENT);
}
