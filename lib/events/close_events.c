/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/gather.h"

static void fastclose(struct gather *g, const struct sighting *s,
		      const struct mptcp_option *m)
{
	size_t *note = &g->subflows[s->subflow].fastclose[s->direction];
	struct event *e = gather_once(g, s, EVENT_FASTCLOSE, note);

	if (e->has & EVENT_HAS_KEY)
		return;
	e->has |= EVENT_HAS_KEY;
	e->key = m->key;
}

static void data_fin(struct gather *g, const struct sighting *s,
		     const struct mptcp_option *m)
{
	int64_t dsn = 0;
	struct event *e =
		gather_once(g, s, EVENT_DATA_FIN, &g->data_fin[s->direction]);

	if ((e->has & EVENT_HAS_DSN) || !(m->has & MPTCP_HAS_DSN) || !m->dll ||
	    !gather_position(g, s->direction, m, &dsn))
		return;
	e->has |= EVENT_HAS_DSN;
	e->dsn = dsn + m->dll - 1;
}

/* Does the RST answer the handshake, and not end the whole connection? */
static int refuses(const struct gather *g, const struct sighting *s,
		   enum event_kind *kind)
{
	const struct stream *stream = s->stream;
	const struct subflow_notes *notes = &g->subflows[s->subflow];

	if (stream->kind == STREAM_INITIAL) {
		*kind = EVENT_CONNECTION_REFUSED;
		return stream->end == END_REFUSED && s->tcp == TO_CLIENT;
	}
	*kind = EVENT_JOIN_REFUSED;
	return stream->kind == STREAM_JOIN && !notes->established &&
	       !tcpopt_find(&s->options, MP_FASTCLOSE) &&
	       !notes->reset[s->direction] &&
	       (!stream->established || stream->has_hmac[TO_SERVER]);
}

static void reset(struct gather *g, const struct sighting *s)
{
	struct subflow_notes *notes = &g->subflows[s->subflow];
	const struct mptcp_option *m = tcpopt_find(&s->options, MP_TCPRST);
	enum event_kind kind = EVENT_TCP_RESET;
	size_t *note = &notes->refused[s->direction];
	struct event *e = NULL;

	if (!refuses(g, s, &kind)) {
		kind = EVENT_TCP_RESET;
		note = &notes->reset[s->direction];
	}
	e = gather_once(g, s, kind, note);
	if (!m || (e->has & EVENT_HAS_REASON))
		return;
	e->has |= EVENT_HAS_REASON;
	e->reason = m->reason;
	e->transient = m->flags & 1;
}

void close_events(struct gather *g, const struct sighting *s)
{
	int fin = 0;

	for (size_t k = 0; k < s->options.n_mptcp; k++) {
		const struct mptcp_option *m = &s->options.mptcp[k];

		if (m->subtype == MP_FASTCLOSE)
			fastclose(g, s, m);
		if (m->subtype == MP_DSS && (m->has & MPTCP_DATA_FIN) && !fin++)
			data_fin(g, s, m);
	}
	if (s->flags & TCP_RST)
		reset(g, s);
	if (s->flags & TCP_FIN)
		gather_once(g, s, EVENT_FIN,
			    &g->subflows[s->subflow].fin[s->direction]);
}
