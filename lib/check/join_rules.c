/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on MP_JOIN: tokens, nonces, HMACs, and answers. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "check/examine.h"
#include "model/key.h"

/* The host that a join is addressed to: 0 client, 1 server (MPTCP roles). */
static int receiver_of(const struct stream *s)
{
	return s->flipped ? 0 : 1;
}

static void check_token(struct check_context *c, const struct stream *s)
{
	struct finding *f = &c->findings[RULE_TOKEN_KNOWN];
	const struct conn_side *side = &c->conn->side[receiver_of(s)];

	if (!s->has_token)
		finding_unknown(f, "the SYN of tcp %u was not captured",
				s->tcp_stream);
	else if (!side->has_key)
		finding_unknown(
			f, "the key of the host that was joined is unknown: "
			   "the first handshake was not captured");
	else if (side->token != s->token)
		finding_wrong(f, SEVERITY_ERROR, s->first_frame,
			      "tcp %u has token 0x%08x, the key of that host "
			      "gives 0x%08x",
			      s->tcp_stream, s->token, side->token);
	else
		finding_ok(f);
}

/* A host that rejects a join must answer with a RST. */
static void check_answer(struct check_context *c, const struct stream *s)
{
	struct finding *f = &c->findings[RULE_UNKNOWN_TOKEN];
	const struct stream_side *server = &s->side[TO_CLIENT];

	if (s->join_synack || s->established)
		finding_ok(f);
	else if (server->rst)
		finding_ok(f);
	else if (server->has_syn && !server->syn_cut)
		finding_wrong(f, SEVERITY_WARNING, s->first_frame,
			      "the join on tcp %u was answered by a SYN/ACK "
			      "without MP_JOIN (or the option was removed on "
			      "the way)",
			      s->tcp_stream);
	else
		finding_unknown(f,
				"the join on tcp %u was not answered in "
				"this capture",
				s->tcp_stream);
}

static void check_hmac(struct check_context *c, const struct signal *s,
		       const struct stream *stream)
{
	int opener = s->opener;
	struct finding *f = &c->findings[opener ? RULE_JOIN_HMAC_ACK
						: RULE_JOIN_HMAC_SYNACK];
	const struct conn_side *own = &c->conn->side[s->from];
	const struct conn_side *peer = &c->conn->side[!s->from];
	int d = opener ? TO_SERVER : TO_CLIENT;
	uint8_t hmac[20];

	if (s->option.n_hmac != (opener ? 20 : 8))
		return;
	if (!own->has_key || !peer->has_key || c->conn->version < 0) {
		finding_unknown(f, "the keys are unknown: the first handshake "
				   "was not captured");
		return;
	}
	if (!stream->has_nonce[0] || !stream->has_nonce[1]) {
		finding_unknown(f, "SYN or SYN/ACK of tcp %u were not captured",
				stream->tcp_stream);
		return;
	}
	key_join_hmac(c->conn->version, own->key, peer->key, stream->nonce[d],
		      stream->nonce[!d], hmac);
	if (memcmp(hmac, s->option.hmac, s->option.n_hmac) == 0)
		finding_ok(f);
	else
		finding_wrong(f, SEVERITY_ERROR, context_frame(c, s->packet),
			      "the HMAC in the %s of tcp %u does not match the "
			      "keys and nonces",
			      opener ? "ACK" : "SYN/ACK", stream->tcp_stream);
}

struct nonce {
	uint32_t nonce;
	int from;
	uint32_t subflow, frame;
};

static int by_nonce(const void *x, const void *y)
{
	const struct nonce *a = x, *b = y;

	return COMPARE(a->from, b->from) ?:
	       COMPARE(a->nonce, b->nonce) ?:
	       COMPARE(a->frame, b->frame);
}

static void judge_nonces(struct check_context *c, struct nonce *list, size_t n)
{
	struct finding *f = &c->findings[RULE_JOIN_NONCE];

	SORT(list, n, by_nonce);
	for (size_t i = 0; i < n; i++) {
		const struct nonce *a = &list[i], *b = i ? a - 1 : NULL;
		int again = b && b->from == a->from && b->nonce == a->nonce;

		if (again && b->subflow == a->subflow)
			continue; /* the SYN was retransmitted */
		if (a->nonce == 0)
			finding_wrong(f, SEVERITY_WARNING, a->frame,
				      "the nonce of a join is 0");
		else if (again)
			finding_wrong(f, SEVERITY_WARNING, a->frame,
				      "two joins have the nonce 0x%08x",
				      a->nonce);
		else
			finding_ok(f);
	}
}

/* RFC 8684 3.1: no joins to an address and port announced with flag C. */
static void check_forbidden(struct check_context *c)
{
	struct finding *f = &c->findings[RULE_CAPABLE_FLAGS];
	int forbids[2] = { 0, 0 }; /* by the client, the server */

	for (size_t k = 0; k < c->signals.n && !context_is_v0(c); k++)
		if (c->signals.items[k].option.subtype == MP_CAPABLE)
			forbids[c->signals.items[k].from] |=
				c->signals.items[k].option.flags & 0x20;
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);
		int receiver = receiver_of(s);
		const struct endpoint *end = &c->conn->side[receiver].end;

		if (s->kind != STREAM_JOIN || !s->has_token ||
		    !forbids[receiver] || s->server.port != end->port ||
		    !address_is_equal(&s->server.address, &end->address))
			continue;
		finding_wrong(f, SEVERITY_ERROR, s->first_frame,
			      "tcp %u joins the first address of the %s, which "
			      "forbids that (flag C)",
			      s->tcp_stream, receiver ? "server" : "client");
	}
}

void check_joins(struct check_context *c)
{
	struct nonce *nonces = mem_calloc(c->signals.n + 1, sizeof(*nonces));
	size_t n = 0;

	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);

		if (s->kind != STREAM_JOIN)
			continue;
		check_token(c, s);
		check_answer(c, s);
	}
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype != MP_JOIN)
			continue;
		if (s->option.has & MPTCP_HAS_NONCE)
			nonces[n++] =
				(struct nonce){ s->option.nonce, s->from,
						s->subflow,
						context_frame(c, s->packet) };
		if (s->option.has & MPTCP_HAS_HMAC)
			check_hmac(c, s, context_subflow(c, s->subflow));
	}
	judge_nonces(c, nonces, n);
	check_forbidden(c);
	free(nonces);
}
