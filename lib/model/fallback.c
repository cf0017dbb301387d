/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/fallback.h"

#include "model/effect.h"
#include "model/tcpopt.h"

enum {
	MANY = 3,	       /* packets that are no coincidence */
	ROUND_TRIP = 200000000 /* ns, if it is unknown */
};

/* The option that was to be answered was invalid, and so ignored. */
static enum fallback_cause cause_of(const struct stream *s,
				    enum fallback_cause cause)
{
	int which = cause == FALLBACK_NO_OPTION_IN_SYNACK ? 0
		    : cause == FALLBACK_NO_OPTION_IN_ACK  ? 1
							  : 2;

	/* Without the SYN/ACK the ACK tells whether the SYN was valid. */
	if (which == 1 && !s->side[TO_CLIENT].has_syn)
		which = 0;
	return s->capable_flaw[which] != FLAW_NONE ? FALLBACK_BAD_CAPABLE
						   : cause;
}

static void fall_back(struct connection *c, const struct stream *s,
		      enum fallback_cause cause)
{
	c->state = CONN_FALLBACK;
	c->cause = cause_of(s, cause);
}

/* The handshake of the initial subflow. */
static void judge_handshake(struct connection *c, const struct stream *s)
{
	const struct stream_side *client = &s->side[TO_SERVER];
	const struct stream_side *server = &s->side[TO_CLIENT];
	bool client_mptcp = s->capable_ack || client->mptcp_after_syn;

	if (s->end == END_REFUSED) {
		c->state = CONN_REFUSED;
	} else if (server->has_syn && !s->capable_synack && server->syn_cut &&
		   !client_mptcp && !server->mptcp_after_syn) {
		/* the missing packet may have had the option */
		c->state = CONN_INCOMPLETE;
	} else if (server->has_syn && !s->capable_synack &&
		   !server->mptcp_after_syn && !client_mptcp) {
		c->state = CONN_FALLBACK;
		c->cause = FALLBACK_PLAIN_SYN_RETRY;
		if (!s->syn_without_capable)
			fall_back(c, s, FALLBACK_NO_OPTION_IN_SYNACK);
	} else if (!client_mptcp && client->plain_after_syn &&
		   !server->mptcp_after_syn) {
		fall_back(c, s, FALLBACK_NO_OPTION_IN_ACK);
	} else if ((client_mptcp && server->plain_after_syn &&
		    !server->mptcp_after_syn) ||
		   (client_mptcp && client->data_packets && !client->dss &&
		    client->plain_after_syn && !server->dss)) {
		fall_back(c, s,
			  s->plain_ack ? FALLBACK_NO_OPTION_IN_ACK
				       : FALLBACK_NO_OPTION_IN_DATA);
	} else if (client_mptcp || server->mptcp_after_syn) {
		c->state = CONN_ESTABLISHED;
	} else {
		c->state = CONN_INCOMPLETE;
	}
}

static void judge_infinite(const struct trace *t, struct connection *c)
{
	bool infinite = false, fail = false;

	for (size_t i = 0; i < c->n_subflows; i++) {
		const struct stream *s = trace_subflow(t, c, i);

		infinite |= s->infinite_mapping;
		fail |= s->infinite_mapping && s->mp_fail;
	}
	if (!infinite || c->state != CONN_ESTABLISHED)
		return;
	c->state = CONN_FALLBACK;
	c->cause = fail ? FALLBACK_MP_FAIL : FALLBACK_INFINITE_MAPPING;
}

/* State of a side of the initial subflow whose options disappear. */
struct tail {
	bool begins;
	uint32_t frame; /* of the first packet without options */
	int64_t time;
	uint64_t packets, acks;
	bool has_unmapped;
	uint32_t unmapped; /* raw sequence number after all mappings, where
			      unmapped data begins */
	uint64_t spoken;   /* packets with options, sent after seeing the
			      other's tail */
};

static bool tells(const struct packets *p, size_t i)
{
	return !(p->flags[i] & (TCP_SYN | TCP_RST)) &&
	       tcpopt_has_room(packets_options(p, i), p->n_options[i]);
}

static void take_unmapped(struct tail *tail, const struct packets *p, size_t i,
			  const struct stream_side *side)
{
	uint32_t end = p->seq[i] + p->len[i];

	if (tail->has_unmapped || !p->len[i] ||
	    (int32_t)(end - side->mapped_end) <= 0)
		return;
	tail->has_unmapped = true;
	tail->unmapped = (int32_t)(p->seq[i] - side->mapped_end) > 0
				 ? p->seq[i]
				 : side->mapped_end;
}

static void find_tails(const struct trace *t, const struct stream *s,
		       struct tail tails[2])
{
	const struct packets *p = &t->packets;
	bool closing = false;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE);
		struct tail *tail = &tails[d];

		closing |= !!(p->flags[i] & TCP_FIN);
		if (packets_has_mptcp(p, i) ||
		    (p->mark[i] & PACKET_OPTIONS_CUT)) {
			*tail = (struct tail){ .begins = false };
			continue;
		}
		if (!tells(p, i) || (closing && !tail->packets))
			continue;
		if (!tail->packets++) {
			tail->begins = true;
			tail->frame = p->frame[i];
			tail->time = p->time[i];
		}
		tail->acks += !p->len[i];
		if (s->side[d].unmapped_tail)
			take_unmapped(tail, p, i, &s->side[d]);
	}
}

/*
 * Whether the sender must know that options are missing: it acknowledges data
 * without a mapping, or a round trip has passed.
 */
static bool knows(const struct packets *p, size_t i, const struct tail *other,
		  int64_t round_trip)
{
	if (!other->begins || p->time[i] < other->time)
		return false;
	if (other->has_unmapped)
		return (p->flags[i] & TCP_ACK) &&
		       (int32_t)(p->ack[i] - other->unmapped) > 0;
	return p->time[i] > other->time + round_trip;
}

/* Count what each side sent after the other's tail had begun. */
static void count_spoken(const struct trace *t, const struct stream *s,
			 int64_t round_trip, struct tail tails[2])
{
	const struct packets *p = &t->packets;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];
		int d = !!(p->mark[i] & PACKET_REVERSE);

		if (knows(p, i, &tails[!d], round_trip) &&
		    packets_has_mptcp(p, i))
			tails[d].spoken++;
	}
}

/*
 * SYN to SYN/ACK plus SYN/ACK to ACK: a complete round trip, wherever it was
 * captured.
 */
static int64_t handshake_time(const struct trace *t, const struct stream *s)
{
	const struct packets *p = &t->packets;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];

		if (!(p->flags[i] & (TCP_SYN | TCP_RST)))
			return p->time[i] - s->first_time;
	}
	return ROUND_TRIP;
}

/* Whether another subflow continues after that time. */
static bool has_others(const struct trace *t, const struct connection *c,
		       int64_t time)
{
	for (size_t k = 1; k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, c, k);

		if (s->established && s->last_time > time)
			return true;
	}
	return false;
}

static void lose(struct connection *c, int side, const struct tail *tail)
{
	c->side[side].lost = true;
	c->side[side].lost_frame = tail->frame;
	c->side[side].lost_time = tail->time;
	c->state = CONN_FALLBACK;
}

/*
 * Whether side "d" sends data without mappings, or acknowledges without
 * options.
 */
static void judge_side(const struct stream *s, struct connection *c, int d,
		       const struct tail tails[2])
{
	const struct tail *own = &tails[d], *other = &tails[!d];
	bool unmapped = s->side[d].unmapped_tail;

	if (other->spoken >= MANY && !other->begins &&
	    (unmapped || own->acks >= MANY)) {
		lose(c, d, own);
		c->cause = s->mp_fail ? FALLBACK_MP_FAIL
				      : FALLBACK_OPTIONS_LOST_ONE_WAY;
	} else if (unmapped && (!other->spoken || other->begins)) {
		lose(c, d, own);
		c->cause =
			s->mp_fail ? FALLBACK_MP_FAIL : FALLBACK_OPTIONS_LOST;
		if (other->begins)
			lose(c, !d, other);
	}
}

static bool is_suspicious(const struct stream *s)
{
	for (int d = 0; d < 2; d++)
		if (s->side[d].unmapped_tail || s->side[d].plain_tail >= MANY)
			return true;
	return false;
}

static void judge_options(const struct trace *t, struct connection *c)
{
	const struct stream *s = trace_subflow(t, c, 0);
	struct tail tails[2] = { { .begins = false }, { .begins = false } };

	if (c->state != CONN_ESTABLISHED || !is_suspicious(s) ||
	    !(s->side[0].dss || s->side[1].dss))
		return;
	find_tails(t, s, tails);
	count_spoken(t, s, handshake_time(t, s), tails);
	for (int d = 0; d < 2 && c->state == CONN_ESTABLISHED; d++)
		if (tails[d].begins && !has_others(t, c, tails[d].time))
			judge_side(s, c, d, tails);
}

void fallback_judge(const struct trace *t, struct connection *c)
{
	c->state = CONN_INCOMPLETE;
	c->cause = FALLBACK_NONE;
	if (!c->has_initial)
		return;
	judge_handshake(c, trace_subflow(t, c, 0));
	judge_infinite(t, c);
	judge_options(t, c);
}
