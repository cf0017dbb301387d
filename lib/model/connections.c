/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/connections.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "model/effect.h"
#include "model/fallback.h"
#include "model/grouping.h"
#include "model/key.h"
#include "model/streams.h"
#include "model/tcpopt.h"

enum {
	/* connections with one token that are tried for a join */
	CANDIDATES = 64
};

static void derive(struct connection *c, const struct stream *s)
{
	for (int d = 0; d < 2; d++) {
		struct conn_side *side = &c->side[d];

		if (!s->has_key[d] || c->version < 0)
			continue;
		side->has_key = side->has_token = side->has_idsn = true;
		side->key = s->key[d];
		key_derive(c->version, side->key, &side->token, &side->idsn);
	}
}

static void add_subflow(struct trace *t, size_t conn, size_t stream)
{
	struct connection *c = &t->connections[conn];

	c->subflows = mem_realloc(c->subflows, c->n_subflows + 1,
				  sizeof(*c->subflows));
	c->subflows[c->n_subflows++] = stream;
	t->streams[stream].connection = (long)conn;
}

static size_t add_connection(struct trace *t, size_t *cap, size_t stream)
{
	const struct stream *s = &t->streams[stream];
	struct connection *c = NULL;

	c = MEM_PUSH(t->connections, t->n_connections, *cap);
	memset(c, 0, sizeof(*c));
	c->version = s->version;
	c->has_initial = s->kind == STREAM_INITIAL;
	c->side[0].end = s->client;
	c->side[1].end = s->server;
	if (c->has_initial)
		derive(c, s);
	add_subflow(t, t->n_connections - 1, stream);
	return t->n_connections - 1;
}

/* Tokens of all connections, sorted, to find the connection of a join. */
struct token {
	uint32_t token;
	uint32_t conn;
	int side; /* whose token: 0 client, 1 server */
};

static int by_token(const void *x, const void *y)
{
	const struct token *a = x, *b = y;

	return COMPARE(a->token, b->token) ?:
	       COMPARE(a->conn, b->conn) ?:
	       COMPARE(a->side, b->side);
}

static struct token *collect_tokens(const struct trace *t, size_t *n)
{
	struct token *tokens =
		mem_calloc(2 * t->n_connections, sizeof(*tokens));

	*n = 0;
	for (size_t c = 0; c < t->n_connections; c++)
		for (int side = 0; side < 2; side++)
			if (t->connections[c].side[side].has_token)
				tokens[(*n)++] = (struct token){
					t->connections[c].side[side].token,
					(uint32_t)c, side
				};
	SORT(tokens, *n, by_token);
	return tokens;
}

/* 1: proven by the HMAC of the SYN/ACK; -1: disproven; 0: unknown. */
static int hmac_verdict(const struct connection *c, const struct stream *s,
			int receiver)
{
	const struct conn_side *opener = &c->side[!receiver];
	const struct conn_side *other = &c->side[receiver];
	uint8_t hmac[20];

	if (!opener->has_key || !other->has_key || !s->has_nonce[TO_SERVER] ||
	    !s->has_nonce[TO_CLIENT] || !s->has_hmac[TO_CLIENT])
		return 0;
	key_join_hmac(c->version, other->key, opener->key, s->nonce[TO_CLIENT],
		      s->nonce[TO_SERVER], hmac);
	return memcmp(hmac, s->hmac[TO_CLIENT], 8) == 0 ? 1 : -1;
}

/*
 * Several connections with one token are rare unless made on purpose.  Try
 * those around the join's place in the capture: their initial subflows are in
 * order of streams.
 */
static void narrow_down(const struct trace *t, const struct token *tokens,
			size_t join, size_t *from, size_t *to)
{
	size_t at = 0;

	if (*to - *from <= CANDIDATES)
		return;
	at = LOWER_BOUND(k, *from, *to,
			 t->connections[tokens[k].conn].subflows[0] < join);
	if (at - *from > CANDIDATES / 2)
		*from = at - CANDIDATES / 2;
	if (*to - *from > CANDIDATES)
		*to = *from + CANDIDATES;
}

/*
 * How well a join fits a connection with its token: a valid HMAC counts most,
 * then that the connection had begun and not ended, then a known address.
 */
static int fitness(const struct trace *t, const struct token *k,
		   const struct stream *s)
{
	const struct connection *c = &t->connections[k->conn];
	const struct stream *initial = trace_subflow(t, c, 0);
	int score = 16 * hmac_verdict(c, s, k->side);

	if (initial->first_time <= s->first_time)
		score += 8;
	if (initial->last_time + 1000000000 >= s->first_time)
		score += 4;
	if (address_is_equal(&s->server.address, &c->side[k->side].end.address))
		score += 2;
	return score;
}

static void attach_joins(struct trace *t)
{
	size_t n = 0;
	struct token *tokens = collect_tokens(t, &n);

	for (size_t i = 0; i < t->n_streams; i++) {
		struct stream *s = &t->streams[i];
		const struct token *best = NULL;
		int best_score = 0;
		size_t low = 0, high = 0;

		if (s->kind != STREAM_JOIN || !s->has_token)
			continue;
		low = LOWER_BOUND(k, 0, n, tokens[k].token < s->token);
		high = LOWER_BOUND(k, low, n, tokens[k].token == s->token);
		narrow_down(t, tokens, i, &low, &high);
		for (; low < high; low++) {
			int score = fitness(t, &tokens[low], s);
			int later =
				best &&
				t->connections[tokens[low].conn].first_time >
					t->connections[best->conn].first_time;

			if (!best || score > best_score ||
			    (score == best_score && later)) {
				best = &tokens[low];
				best_score = score;
			}
		}
		if (!best)
			continue;
		s->flipped = best->side == 0;
		add_subflow(t, best->conn, i);
	}
	free(tokens);
}

/*
 * Use the results of grouping.h: streams that belong together, or to a
 * connection.
 */
static void attach_groups(struct trace *t, size_t *cap)
{
	struct grouping_result *g = grouping_find(t);

	for (size_t i = 0; i < t->n_streams; i++) {
		struct stream *s = &t->streams[i];
		struct stream *root = &t->streams[g[i].root];
		struct connection *c = NULL;

		if (s->connection >= 0 ||
		    (s->kind != STREAM_JOIN && s->kind != STREAM_ORPHAN))
			continue;
		if (root->connection < 0)
			add_connection(t, cap, g[i].root);
		root = &t->streams[g[i].root];
		s->flipped = root->flipped ^ g[i].flipped;
		if (s->connection < 0)
			add_subflow(t, (size_t)root->connection, i);
		c = &t->connections[root->connection];
		if (g[i].by_data_sequence)
			c->grouping = GROUPING_DATA_SEQUENCE;
	}
	free(g);
}

/*
 * The token of a join belongs to the receiver of the SYN, even if no key is
 * known.
 */
static void tokens_from_joins(struct trace *t, struct connection *c)
{
	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);
		struct conn_side *side = &c->side[s->flipped ? 0 : 1];

		if (s->kind == STREAM_JOIN && s->has_token &&
		    !side->has_token) {
			side->has_token = true;
			side->token = s->token;
		}
	}
}

static enum conn_end stream_end(const struct stream *s)
{
	static const enum conn_end flip[] = {
		[END_OPEN] = END_OPEN,
		[END_FIN] = END_FIN,
		[END_FIN_CLIENT] = END_FIN_SERVER,
		[END_FIN_SERVER] = END_FIN_CLIENT,
		[END_DATA_FIN] = END_DATA_FIN,
		[END_RESET_CLIENT] = END_RESET_SERVER,
		[END_RESET_SERVER] = END_RESET_CLIENT,
		[END_FASTCLOSE_CLIENT] = END_FASTCLOSE_SERVER,
		[END_FASTCLOSE_SERVER] = END_FASTCLOSE_CLIENT,
		[END_REFUSED] = END_REFUSED,
		[END_UNANSWERED] = END_UNANSWERED,
	};

	return s->flipped ? flip[s->end] : s->end;
}

/*
 * Whether a host sent a DATA_FIN which the other acknowledged, on any subflow.
 */
static bool is_fin_acked(const struct trace *t, const struct connection *c,
			 int host)
{
	uint32_t fin = 0, ack = 0;
	bool has_fin = false, has_ack = false;

	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);
		const struct stream_side *own = &s->side[host ^ s->flipped];
		const struct stream_side *peer = &s->side[!host ^ s->flipped];

		if (own->data_fin &&
		    (!has_fin || (int32_t)(own->data_fin_dsn - fin) < 0))
			fin = own->data_fin_dsn;
		has_fin |= own->data_fin;
		if (peer->has_data_ack &&
		    (!has_ack || (int32_t)(peer->data_ack - ack) > 0))
			ack = peer->data_ack;
		has_ack |= peer->has_data_ack;
	}
	return has_fin && has_ack && (int32_t)(ack - fin) > 0;
}

const struct stream *connection_last(const struct trace *t,
				     const struct connection *c)
{
	const struct stream *last = NULL;

	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);

		if (!last || !last->established ||
		    (s->established && s->last_time > last->last_time))
			last = s;
	}
	return last;
}

static enum conn_end judge_close(const struct trace *t,
				 const struct connection *c)
{
	const struct stream *last = connection_last(t, c);

	for (size_t i = 0; i < c->n_subflows; i++) {
		enum conn_end end = stream_end(trace_subflow(t, c, i));

		if (end == END_FASTCLOSE_CLIENT || end == END_FASTCLOSE_SERVER)
			return end;
	}
	if (c->state != CONN_FALLBACK && is_fin_acked(t, c, 0) &&
	    is_fin_acked(t, c, 1))
		return END_DATA_FIN;
	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);

		if (s->established && s->end == END_OPEN)
			return END_OPEN;
	}
	return last ? stream_end(last) : END_OPEN;
}

/* If no MP_CAPABLE was captured: from options that only one version has. */
static void infer_version(const struct trace *t, struct connection *c)
{
	bool signs[2] = { 0, 0 };

	for (size_t i = 0; i < c->n_subflows; i++)
		for (int v = 0; v < 2; v++)
			signs[v] |= t->streams[c->subflows[i]].signs[v];
	if (c->version < 0 && signs[0] != signs[1])
		c->version = signs[1];
}

void connection_fastcloses(const struct trace *t, const struct connection *c,
			   const struct stream *s, uint32_t first[2])
{
	const struct packets *p = &t->packets;
	bool has_ack[2] = { 0, 0 };
	uint32_t ack[2] = { 0, 0 }; /* for the data that the side sent */

	first[0] = first[1] = UINT32_MAX;
	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE);
		const struct mptcp_option *m = NULL;
		struct tcp_options o;

		packets_mptcp(p, i, &o);
		m = tcpopt_find(&o, MP_FASTCLOSE);
		if (m && first[d] == UINT32_MAX &&
		    effect_flaw(c, d ^ s->flipped, m, p->flags[i]) ==
			    FLAW_NONE &&
		    (!has_ack[d] || effect_is_in_window(p->seq[i], ack[d])))
			first[d] = i;
		if (!(p->flags[i] & TCP_ACK))
			continue;
		has_ack[!d] = true;
		ack[!d] = p->ack[i];
	}
}

/* Valid MP_FASTCLOSEs of a subflow determine its end. */
static void settle_fastclose(const struct trace *t, const struct connection *c,
			     struct stream *s)
{
	uint32_t first[2] = { UINT32_MAX, UINT32_MAX };

	if (s->side[0].fastclose || s->side[1].fastclose)
		connection_fastcloses(t, c, s, first);
	for (int d = 0; d < 2; d++)
		s->side[d].fastclose = first[d] != UINT32_MAX;
	if (s->side[TO_SERVER].fastclose)
		s->end = END_FASTCLOSE_CLIENT;
	else if (s->side[TO_CLIENT].fastclose)
		s->end = END_FASTCLOSE_SERVER;
}

static void settle(struct trace *t, struct connection *c)
{
	tokens_from_joins(t, c);
	infer_version(t, c);
	for (size_t i = 0; i < c->n_subflows; i++)
		settle_fastclose(t, c, trace_subflow(t, c, i));
	fallback_judge(t, c);
	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);

		if (i == 0 || s->first_time < c->first_time)
			c->first_time = s->first_time;
		if (i == 0 || s->last_time > c->last_time)
			c->last_time = s->last_time;
		if (i == 0 ||
		    (!c->has_initial && s->first_frame < c->first_frame))
			c->first_frame = s->first_frame;
	}
	c->close = judge_close(t, c);
}

static int by_first_frame(const void *x, const void *y)
{
	const struct connection *a = x, *b = y;

	return COMPARE(a->first_frame, b->first_frame);
}

static int by_position(const void *x, const void *y)
{
	const size_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

/*
 * The initial subflow first, the others by tcp_stream.  If no initial subflow
 * was captured, one that is not a join comes first.
 */
static void order_subflows(struct trace *t, struct connection *c)
{
	size_t best = 0, first = 0;
	const struct stream *s = NULL;

	SORT(c->subflows + c->has_initial, c->n_subflows - c->has_initial,
	     by_position);
	if (c->has_initial)
		return;
	while (best < c->n_subflows &&
	       t->streams[c->subflows[best]].kind == STREAM_JOIN)
		best++;
	if (best == c->n_subflows)
		best = 0;
	first = c->subflows[best];
	memmove(c->subflows + 1, c->subflows, best * sizeof(*c->subflows));
	c->subflows[0] = first;
	s = &t->streams[first];
	c->side[s->flipped].end = s->client;
	c->side[!s->flipped].end = s->server;
}

void connections_number(struct trace *t)
{
	SORT(t->connections, t->n_connections, by_first_frame);
	for (size_t i = 0; i < t->n_connections; i++) {
		struct connection *c = &t->connections[i];

		c->id = (uint32_t)i;
		for (size_t k = 0; k < c->n_subflows; k++) {
			t->streams[c->subflows[k]].connection = (long)i;
			t->streams[c->subflows[k]].position = k;
		}
	}
}

void connections_build(struct trace *t)
{
	size_t cap = 0;

	for (size_t i = 0; i < t->n_streams; i++)
		if (t->streams[i].kind == STREAM_INITIAL) {
			add_connection(t, &cap, i);
			t->connections[t->n_connections - 1].first_time =
				t->streams[i].first_time;
		}
	attach_joins(t);
	attach_groups(t, &cap);
	for (size_t i = 0; i < t->n_connections; i++) {
		order_subflows(t, &t->connections[i]);
		settle(t, &t->connections[i]);
	}
	connections_number(t);
}

void connections_release(struct connection *connections, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(connections[i].subflows);
	free(connections);
}
