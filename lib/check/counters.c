/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/counters.h"

#include "check/context.h"
#include "model/arrival.h"
#include "model/tcpopt.h"

const char *counter_name(enum counter_id id)
{
	static const char *const names[COUNTERS] = {
		[COUNTER_CAPABLE_SYN_TX] = "MPCapableSYNTX",
		[COUNTER_CAPABLE_SYN_RX] = "MPCapableSYNRX",
		[COUNTER_CAPABLE_SYNACK_RX] = "MPCapableSYNACKRX",
		[COUNTER_CAPABLE_ACK_RX] = "MPCapableACKRX",
		[COUNTER_FALLBACK_SYNACK] = "MPCapableFallbackSYNACK",
		[COUNTER_FALLBACK_ACK] = "MPCapableFallbackACK",
		[COUNTER_JOIN_SYN_TX] = "MPJoinSynTx",
		[COUNTER_JOIN_SYN_RX] = "MPJoinSynRx",
		[COUNTER_JOIN_SYN_BACKUP_RX] = "MPJoinSynBackupRx",
		[COUNTER_JOIN_SYNACK_RX] = "MPJoinSynAckRx",
		[COUNTER_JOIN_SYNACK_BACKUP_RX] = "MPJoinSynAckBackupRx",
		[COUNTER_JOIN_ACK_RX] = "MPJoinAckRx",
		[COUNTER_JOIN_PORT_SYN_RX] = "MPJoinPortSynRx",
		[COUNTER_ADD_ADDR] = "AddAddr",
		[COUNTER_ADD_ADDR_TX] = "AddAddrTx",
		[COUNTER_ECHO_ADD] = "EchoAdd",
		[COUNTER_ECHO_ADD_TX] = "EchoAddTx",
		[COUNTER_PORT_ADD] = "PortAdd",
		[COUNTER_RM_ADDR] = "RmAddr",
		[COUNTER_RM_ADDR_TX] = "RmAddrTx",
		[COUNTER_PRIO_TX] = "MPPrioTx",
		[COUNTER_PRIO_RX] = "MPPrioRx",
		[COUNTER_FAIL_TX] = "MPFailTx",
		[COUNTER_FAIL_RX] = "MPFailRx",
		[COUNTER_FASTCLOSE_TX] = "MPFastcloseTx",
		[COUNTER_FASTCLOSE_RX] = "MPFastcloseRx",
		[COUNTER_RST_TX] = "MPRstTx",
		[COUNTER_RST_RX] = "MPRstRx",
		[COUNTER_INFINITE_MAP_TX] = "InfiniteMapTx",
		[COUNTER_INFINITE_MAP_RX] = "InfiniteMapRx",
		[COUNTER_RETRANS] = "MPTCPRetrans",
		[COUNTER_DUPLICATE_DATA] = "DuplicateData",
		[COUNTER_OFO_QUEUE] = "OFOQueue",
	};

	return names[id];
}

static void count(struct counters *s, enum counter_id id, int host, uint64_t n)
{
	s->of[id].count[host] += n;
}

/* Count an event that one host sent and the other should receive. */
static void count_sent(struct counters *s, enum counter_id tx,
		       enum counter_id rx, int from)
{
	count(s, tx, from, 1);
	count(s, rx, !from, 1);
}

/* Whether the MP_CAPABLE of the SYN (0), SYN/ACK (1), ACK (2) was ignored. */
static bool is_ignored(const struct check_context *c, int which)
{
	return c->conn->cause == FALLBACK_BAD_CAPABLE &&
	       context_subflow(c, 0)->capable_flaw[which] != FLAW_NONE;
}

static void count_initial(struct counters *s, const struct check_context *c)
{
	const struct stream *i = context_subflow(c, 0);

	if (!c->conn->has_initial)
		return;
	count(s, COUNTER_CAPABLE_SYN_TX, 0, !!i->capable_syn);
	/* A host that refuses has no socket for it. */
	count(s, COUNTER_CAPABLE_SYN_RX, 1,
	      i->capable_syn && !is_ignored(c, 0) && i->end != END_REFUSED);
	count(s, COUNTER_CAPABLE_SYNACK_RX, 0,
	      i->capable_synack && !is_ignored(c, 1));
	count(s, COUNTER_CAPABLE_ACK_RX, 1,
	      i->capable_ack && !is_ignored(c, 2));
	/*
	 * A host that had offered it got no valid option: the client in the
	 * SYN/ACK, the server in the ACK.
	 */
	count(s, COUNTER_FALLBACK_SYNACK, 0,
	      c->conn->cause == FALLBACK_NO_OPTION_IN_SYNACK ||
		      is_ignored(c, 0) || is_ignored(c, 1));
	count(s, COUNTER_FALLBACK_ACK, 1,
	      c->conn->cause == FALLBACK_NO_OPTION_IN_ACK || is_ignored(c, 1) ||
		      is_ignored(c, 2));
}

/* Whether the joined host answered the ACK with a RST and nothing else. */
static bool is_rejected(const struct stream *j)
{
	const struct stream_side *server = &j->side[TO_CLIENT];

	return server->has_syn && server->rst && server->has_reason &&
	       !server->talked;
}

static void count_join(struct counters *s, const struct check_context *c,
		       size_t k)
{
	const struct stream *j = context_subflow(c, k);
	int opener = j->flipped, other = !j->flipped;
	uint16_t port = c->conn->side[other].end.port;

	if (j->kind != STREAM_JOIN)
		return;
	count(s, COUNTER_JOIN_SYN_TX, opener, j->has_token);
	count(s, COUNTER_JOIN_SYN_RX, other, j->has_token);
	count(s, COUNTER_JOIN_PORT_SYN_RX, other,
	      j->has_token && c->conn->has_initial && j->server.port != port);
	count(s, COUNTER_JOIN_SYNACK_RX, opener, j->join_synack);
	count(s, COUNTER_JOIN_ACK_RX, other,
	      j->has_hmac[TO_SERVER] && !is_rejected(j));
}

/* Facts about one subflow, by TCP direction of the sender. */
struct resets {
	bool has_syn;	/* the SYN was captured, so the following is complete */
	int synack;	/* the SYN/ACK */
	int speaks[2];	/* sent MPTCP options after the handshake */
	int rst[2];	/* sent a RST */
	int reset[2];	/* one not sent as an answer, with MP_TCPRST */
	int closing[2]; /* its socket sends such a RST, now or later */
};

/*
 * A host sends a RST by itself only from a socket, and with an ACK.  A RST
 * that answers the SYN has an ACK, too, but comes from no socket; one that
 * answers the ACK of a rejected join has neither.
 */
static bool is_active(const struct resets *r, unsigned flags, int d)
{
	return (flags & TCP_ACK) &&
	       (d == TO_SERVER || r->synack || !r->has_syn);
}

/*
 * The receiver counts the first RST for an established socket: one that
 * received MPTCP options after the handshake, and was not reset by itself.  A
 * host that sends a RST by itself has not received that of the other one
 * before.
 */
static bool is_received(const struct resets *r, int d)
{
	return (r->speaks[d] || !r->has_syn) && !r->rst[d] && !r->rst[!d] &&
	       !r->closing[!d];
}

static void count_reset(struct counters *s, const struct connection *conn,
			struct resets *r, const struct tcp_options *o,
			unsigned flags, int d, int from)
{
	const struct mptcp_option *rst = tcpopt_find(o, MP_TCPRST);
	const struct mptcp_option *close = tcpopt_find(o, MP_FASTCLOSE);

	if (rst && is_active(r, flags, d) && !r->reset[d]) {
		count(s, COUNTER_RST_TX, from, 1);
		r->reset[d] = 1;
	}
	if (is_received(r, d)) {
		count(s, COUNTER_RST_RX, !from, rst != NULL);
		count(s, COUNTER_FASTCLOSE_RX, !from,
		      close && effect_flaw(conn, from, close, flags) ==
				       FLAW_NONE);
	}
	r->rst[d] = 1;
}

static void find_closing_resets(const struct trace *t, const struct stream *j,
				struct resets *r)
{
	const struct packets *p = &t->packets;

	for (size_t n = 0; n < j->n; n++) {
		uint32_t i = t->order[j->first + n];
		int d = !!(p->mark[i] & PACKET_REVERSE);
		unsigned syn = p->flags[i] & (TCP_SYN | TCP_ACK);
		struct tcp_options o;

		r->has_syn |= syn == TCP_SYN;
		r->synack |= syn == (TCP_SYN | TCP_ACK);
		if ((p->flags[i] & TCP_RST) && is_active(r, p->flags[i], d) &&
		    packets_mptcp(p, i, &o))
			r->closing[d] |= tcpopt_find(&o, MP_TCPRST) != NULL;
	}
}

static void count_resets(struct counters *s, const struct check_context *c,
			 size_t k)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *j = context_subflow(c, k);
	struct resets r = { .has_syn = 0 };

	if (!j->side[0].rst && !j->side[1].rst)
		return;
	find_closing_resets(c->trace, j, &r);
	for (size_t n = 0; n < j->n; n++) {
		uint32_t i = c->trace->order[j->first + n];
		int d = !!(p->mark[i] & PACKET_REVERSE);
		struct tcp_options o;

		packets_mptcp(p, i, &o);
		if (p->flags[i] & TCP_RST)
			count_reset(s, c->conn, &r, &o, p->flags[i], d,
				    d ^ j->flipped);
		else if (!(p->flags[i] & TCP_SYN))
			r.speaks[d] |= o.n_mptcp > 0;
	}
}

static void count_signal(struct counters *s, const struct signal *x)
{
	const struct mptcp_option *o = &x->option;
	int syn = !!(x->flags & TCP_SYN), ack = !!(x->flags & TCP_ACK);

	if (x->flaw != FLAW_NONE)
		return; /* it is invalid */
	switch (o->subtype) {
	case MP_JOIN:
		if (syn && (o->has & MPTCP_BACKUP))
			count(s,
			      ack ? COUNTER_JOIN_SYNACK_BACKUP_RX
				  : COUNTER_JOIN_SYN_BACKUP_RX,
			      !x->from, 1);
		break;
	case MP_ADD_ADDR:
		if (o->has & MPTCP_ECHO)
			count_sent(s, COUNTER_ECHO_ADD_TX, COUNTER_ECHO_ADD,
				   x->from);
		else
			count_sent(s, COUNTER_ADD_ADDR_TX, COUNTER_ADD_ADDR,
				   x->from);
		if (o->has & MPTCP_HAS_PORT)
			count(s, COUNTER_PORT_ADD, !x->from, 1);
		break;
	case MP_REMOVE_ADDR:
		count(s, COUNTER_RM_ADDR_TX, x->from, 1);
		count(s, COUNTER_RM_ADDR, !x->from, o->n_ids);
		break;
	case MP_PRIO:
		count_sent(s, COUNTER_PRIO_TX, COUNTER_PRIO_RX, x->from);
		break;
	case MP_FAIL:
		count_sent(s, COUNTER_FAIL_TX, COUNTER_FAIL_RX, x->from);
		break;
	case MP_FASTCLOSE:
		count(s, COUNTER_FASTCLOSE_TX, x->from, 1);
		count(s, COUNTER_FASTCLOSE_RX, !x->from, !(x->flags & TCP_RST));
		break;
	case MP_TCPRST: /* and MP_FASTCLOSE in a RST: count_resets() */
	case MP_CAPABLE:
	case MP_DSS: break;
	}
}

/* The kernel sends an infinite mapping once. */
static void count_infinite(struct counters *s, const struct check_context *c)
{
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *i = context_subflow(c, k);

		for (int d = 0; d < 2; d++)
			if (i->side[d].infinite)
				count_sent(s, COUNTER_INFINITE_MAP_TX,
					   COUNTER_INFINITE_MAP_RX,
					   d ^ i->flipped);
	}
}

/* Packets with data that was sent before, on this subflow or another one. */
static void count_repeated(struct counters *s, const struct check_context *c)
{
	for (int d = 0; d < 2; d++) {
		const struct byte_counts *b = &c->conn->bytes[d];
		uint64_t n = b->packets_of[BYTES_MPTCP_REPEATED] +
			     b->packets_of[BYTES_REINJECTED];

		count(s, COUNTER_RETRANS, d, n);
		count(s, COUNTER_DUPLICATE_DATA, !d, n);
	}
}

/* Packets that arrived before data that precedes them. */
static void count_queued(struct counters *s, const struct check_context *c)
{
	for (int d = 0; d < 2; d++) {
		struct counter *to = &s->of[COUNTER_OFO_QUEUE];
		struct reordering result;
		struct reorder r;

		if (!vantage_is_receiver(c->vantage, (enum direction)d)) {
			to->unknown[!d] |= c->conn->bytes[d].sent > 0;
			continue;
		}
		reorder_init(&r, c->conn->n_subflows, c->ledger.has_idsn[d], 1);
		arrival_walk(c->trace, c->conn, &c->ledger, (enum direction)d,
			     &r, NULL, NULL);
		for (size_t i = 0; i < r.delays.n; i++)
			to->count[!d] += r.delays.values[i] > 0;
		reorder_finish(&r, c->trace->info.last_time, &result);
		reordering_release(&result);
	}
}

void counters_add(struct counters *s, const struct check_context *c)
{
	count_initial(s, c);
	for (size_t k = 0; k < c->conn->n_subflows; k++)
		count_join(s, c, k);
	for (size_t k = 0; k < c->conn->n_subflows; k++)
		count_resets(s, c, k);
	for (size_t k = 0; k < c->signals.n; k++)
		count_signal(s, &c->signals.items[k]);
	count_infinite(s, c);
	if (!c->ledger.plain) {
		count_repeated(s, c);
		count_queued(s, c);
	}
}
