/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/gather.h"

#include <string.h>

#include "base/mem.h"
#include "model/effect.h"
#include "model/unwrap.h"

struct event *gather_add(struct gather *g, const struct sighting *s,
			 enum event_kind kind, size_t *note)
{
	struct timeline *line = g->line;
	struct event *e = NULL;

	e = MEM_PUSH(line->events, line->n, line->cap);
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->packet = e->last = s->packet;
	e->time = g->trace->packets.time[s->packet];
	e->count = 1;
	e->has = EVENT_HAS_FROM | EVENT_HAS_SUBFLOW;
	e->from = s->direction == TO_SERVER ? 0 : 1;
	e->subflow = s->subflow;
	e->version = -1;
	if (note)
		*note = line->n;
	return e;
}

struct event *gather_again(struct gather *g, const struct sighting *s,
			   size_t note)
{
	struct event *e = &g->line->events[note - 1];

	e->last = s->packet;
	e->count++;
	return e;
}

struct event *gather_once(struct gather *g, const struct sighting *s,
			  enum event_kind kind, size_t *note)
{
	return *note ? gather_again(g, s, *note) : gather_add(g, s, kind, note);
}

void gather_effect(const struct gather *g, const struct sighting *s,
		   const struct mptcp_option *m, struct event *e)
{
	e->has |= EVENT_HAS_EFFECT;
	e->effective = effect_flaw(g->conn, s->direction == TO_SERVER ? 0 : 1,
				   m, s->flags) == FLAW_NONE;
}

static uint64_t whole_dsn(const struct gather *g, enum direction d,
			  const struct mptcp_option *m)
{
	return m->has & MPTCP_DSN64
		       ? m->dsn
		       : unwrap_nearest(g->near[d], (uint32_t)m->dsn);
}

int gather_position(const struct gather *g, enum direction d,
		    const struct mptcp_option *m, int64_t *position)
{
	if (!g->ledger->has_base[d])
		return 0;
	*position = (int64_t)(whole_dsn(g, d, m) - g->ledger->base[d]);
	return 1;
}

void gather_look(struct gather *g, uint32_t i, struct sighting *s)
{
	const struct packets *p = &g->trace->packets;

	s->packet = i;
	s->stream = &g->trace->streams[p->stream[i]];
	s->subflow = (uint32_t)s->stream->position;
	s->tcp = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	s->direction = ledger_direction(g->trace, i);
	s->flags = p->flags[i];
	s->len = p->len[i];
	s->cut = !!(p->mark[i] & PACKET_OPTIONS_CUT);
	packets_mptcp(p, i, &s->options);
	for (size_t k = 0; k < s->options.n_mptcp; k++) {
		const struct mptcp_option *m = &s->options.mptcp[k];

		if (m->subtype == MP_DSS && (m->has & MPTCP_HAS_DSN))
			g->near[s->direction] = whole_dsn(g, s->direction, m);
	}
}
