/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/gather.h"

#include "model/effect.h"

static void fastclose(struct gather *g, const struct sighting *s,
		      const struct mptcp_option *m)
{
	size_t *note = &g->subflows[s->subflow].fastclose[s->direction];
	struct event *e = *note ? &g->line->events[*note - 1] : NULL;

	if (e && e->key == m->key) {
		gather_again(g, s, *note);
		return;
	}
	e = gather_add(g, s, EVENT_FASTCLOSE, note);
	e->has |= EVENT_HAS_KEY;
	e->key = m->key;
	gather_effect(g, s, m, e);
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

/*
 * Whether the RST answers the handshake, and does not end the whole
 * connection.
 */
static bool refuses(const struct gather *g, const struct sighting *s,
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

/* Whether the event and the RST have the same reason, or both none. */
static bool same_reason(const struct event *e, const struct mptcp_option *m)
{
	if (!m || !(e->has & EVENT_HAS_REASON))
		return !m && !(e->has & EVENT_HAS_REASON);
	return e->reason == m->reason && e->transient == (m->flags & 1);
}

/*
 * The event of the same side and subflow with the same content, or 0; "first"
 * is the first of its kind there.
 */
static size_t find_reset(const struct gather *g, const struct sighting *s,
			 size_t first, const struct mptcp_option *m)
{
	const struct event *like = &g->line->events[first - 1];

	for (size_t k = first - 1; k < g->line->n; k++) {
		const struct event *e = &g->line->events[k];

		if (e->kind == like->kind && e->subflow == s->subflow &&
		    e->from == like->from && same_reason(e, m))
			return k + 1;
	}
	return 0;
}

static void reset(struct gather *g, const struct sighting *s)
{
	struct subflow_notes *notes = &g->subflows[s->subflow];
	const struct mptcp_option *m = tcpopt_find(&s->options, MP_TCPRST);
	enum event_kind kind = EVENT_TCP_RESET;
	size_t *note = &notes->refused[s->direction], again = 0;
	struct event *e = NULL;

	if (!refuses(g, s, &kind)) {
		kind = EVENT_TCP_RESET;
		note = &notes->reset[s->direction];
	}
	again = *note ? find_reset(g, s, *note, m) : 0;
	if (again) {
		gather_again(g, s, again);
		return;
	}
	e = gather_add(g, s, kind, *note ? &again : note);
	if (!m)
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
		if (m->subtype == MP_DSS && (m->has & MPTCP_DATA_FIN) &&
		    effect_option_flaw(m, s->flags, g->conn->version) ==
			    FLAW_NONE &&
		    !fin++)
			data_fin(g, s, m);
	}
	if (s->flags & TCP_RST)
		reset(g, s);
	if (s->flags & TCP_FIN)
		gather_once(g, s, EVENT_FIN,
			    &g->subflows[s->subflow].fin[s->direction]);
}
