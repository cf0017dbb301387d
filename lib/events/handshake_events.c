/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "events/gather.h"

static void take_capable(struct event *e, const struct mptcp_option *m)
{
	if (!m)
		return;
	e->has |= EVENT_HAS_VERSION | EVENT_HAS_FLAGS;
	e->version = m->version;
	e->flags = m->flags;
	if (!(m->has & MPTCP_HAS_KEY))
		return;
	e->has |= EVENT_HAS_KEY;
	e->key = m->key;
}

static void take_join(struct event *e, const struct mptcp_option *m)
{
	if (!m)
		return;
	if (m->has & MPTCP_HAS_ID) {
		e->has |= EVENT_HAS_ID | EVENT_HAS_BACKUP;
		e->id = m->id;
		e->backup = !!(m->has & MPTCP_BACKUP);
	}
	if (m->has & MPTCP_HAS_TOKEN) {
		e->has |= EVENT_HAS_TOKEN;
		e->token = m->token;
	}
	if (m->has & MPTCP_HAS_NONCE) {
		e->has |= EVENT_HAS_NONCE;
		e->nonce = m->nonce;
	}
	if (m->n_hmac) {
		e->has |= EVENT_HAS_HMAC;
		e->n_hmac = m->n_hmac;
		memcpy(e->hmac, m->hmac, m->n_hmac);
	}
}

static void syn(struct gather *g, const struct sighting *s)
{
	struct subflow_notes *notes = &g->subflows[s->subflow];
	const struct mptcp_option *capable =
		tcpopt_find(&s->options, MP_CAPABLE);
	const struct mptcp_option *join = tcpopt_find(&s->options, MP_JOIN);
	int initial = s->stream->kind == STREAM_INITIAL;
	int answer = !!(s->flags & TCP_ACK);
	size_t *note = answer ? &notes->synack : &notes->syn;
	enum event_kind kind = initial ? EVENT_CONNECTION_SYN : EVENT_JOIN_SYN;
	int first = !*note;
	struct event *e = NULL;

	if (!initial && s->stream->kind != STREAM_JOIN)
		return;
	/*
	 * A SYN that is sent again without the option is a different event:
	 * the client fell back.
	 */
	if (initial && !answer && !first && !capable && !s->cut)
		return;
	if (answer)
		kind = initial ? EVENT_CONNECTION_SYNACK : EVENT_JOIN_SYNACK;
	e = gather_once(g, s, kind, note);
	if (first && initial)
		take_capable(e, capable);
	else if (first)
		take_join(e, join);
	if (first && join && (join->has & MPTCP_HAS_ID))
		g->removed[s->direction][join->id] = 0;
}

static void third_ack(struct gather *g, const struct sighting *s)
{
	struct subflow_notes *notes = &g->subflows[s->subflow];
	const struct mptcp_option *m = NULL;
	int first = !notes->established;

	if (s->stream->kind == STREAM_INITIAL) {
		m = tcpopt_find(&s->options, MP_CAPABLE);
		if (!m || !(m->has & MPTCP_HAS_PEER_KEY))
			return;
		struct event *e =
			gather_once(g, s, EVENT_CONNECTION_ESTABLISHED,
				    &notes->established);
		if (first)
			take_capable(e, m);
		return;
	}
	m = tcpopt_find(&s->options, MP_JOIN);
	if (!m || m->n_hmac != sizeof(m->hmac))
		return;
	struct event *e =
		gather_once(g, s, EVENT_JOIN_ESTABLISHED, &notes->established);
	if (first)
		take_join(e, m);
}

/*
 * Whether this is the packet that answers an MP_CAPABLE which had to be
 * ignored; if the SYN/ACK was not captured, the client's ACK of it.
 */
static bool behind_flaw(const struct sighting *s)
{
	const int *flaw = s->stream->capable_flaw;
	unsigned syn = s->flags & (TCP_SYN | TCP_ACK);

	if (s->options.n_mptcp || s->cut || (s->flags & TCP_RST))
		return false;
	if (flaw[0] && s->stream->side[TO_CLIENT].has_syn)
		return syn == (TCP_SYN | TCP_ACK);
	if (flaw[0] || flaw[1])
		return !(s->flags & TCP_SYN) && s->tcp == TO_SERVER;
	return !(s->flags & TCP_SYN);
}

/* The first packet without options, of the side that was lost first. */
static bool is_where_lost(const struct gather *g, const struct sighting *s)
{
	uint32_t frame = g->trace->packets.frame[s->packet];
	const struct conn_side *side = &g->conn->side[s->direction];

	return side->lost && frame == side->lost_frame;
}

/* Whether the packet shows the fallback that the model (conn.h) found. */
static bool shows_fallback(const struct gather *g, const struct sighting *s)
{
	const struct stream *stream = s->stream;
	int syn_only = (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	int behind = !(s->flags & (TCP_SYN | TCP_RST));
	int plain = !s->options.n_mptcp && !s->cut;

	switch (g->conn->cause) {
	case FALLBACK_PLAIN_SYN_RETRY:
		return syn_only && !s->cut && g->subflows[s->subflow].syn &&
		       !tcpopt_find(&s->options, MP_CAPABLE);
	case FALLBACK_NO_OPTION_IN_SYNACK:
		return (s->flags & TCP_SYN) && (s->flags & TCP_ACK) &&
		       !tcpopt_find(&s->options, MP_CAPABLE);
	case FALLBACK_NO_OPTION_IN_ACK:
		return behind && plain && s->tcp == TO_SERVER;
	case FALLBACK_NO_OPTION_IN_DATA:
		if (!behind || !plain)
			return false;
		return s->tcp == TO_CLIENT
			       ? !stream->side[TO_CLIENT].mptcp_after_syn
			       : s->len > 0 && !stream->side[TO_SERVER].dss;
	case FALLBACK_BAD_CAPABLE: return behind_flaw(s);
	case FALLBACK_OPTIONS_LOST:
	case FALLBACK_OPTIONS_LOST_ONE_WAY:
		return stream->position == 0 && is_where_lost(g, s);
	case FALLBACK_INFINITE_MAPPING:
	case FALLBACK_MP_FAIL:
		if (stream->position == 0 && is_where_lost(g, s))
			return true;
		for (size_t k = 0; k < s->options.n_mptcp; k++) {
			const struct mptcp_option *m = &s->options.mptcp[k];

			if (m->subtype == MP_DSS && (m->has & MPTCP_HAS_DLL) &&
			    s->len && !m->dll && !(m->has & MPTCP_DATA_FIN))
				return true;
		}
		return false;
	case FALLBACK_NONE: break;
	}
	return false;
}

static void fallback(struct gather *g, const struct sighting *s)
{
	struct event *e = NULL;

	if (g->fallback || g->conn->state != CONN_FALLBACK ||
	    (connection_is_plain(g->conn) &&
	     s->stream->kind != STREAM_INITIAL) ||
	    !shows_fallback(g, s))
		return;
	e = gather_add(g, s, EVENT_FALLBACK, &g->fallback);
	e->cause = g->conn->cause;
}

void handshake_events(struct gather *g, const struct sighting *s)
{
	if (s->flags & TCP_SYN)
		syn(g, s);
	else
		third_ack(g, s);
	fallback(g, s);
}
