/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "events/gather.h"

static bool same_address(const struct event *e, const struct mptcp_option *m)
{
	return address_is_equal(&e->address, &m->address) &&
	       e->port == m->port && e->n_hmac == m->n_hmac &&
	       memcmp(e->hmac, m->hmac, m->n_hmac) == 0;
}

static void add_addr(struct gather *g, const struct sighting *s,
		     const struct mptcp_option *m)
{
	int echo = !!(m->has & MPTCP_ECHO);
	size_t *note = &g->announced[s->direction][echo][m->id];
	struct event *e = NULL;

	if (*note && same_address(&g->line->events[*note - 1], m)) {
		gather_again(g, s, *note);
		return;
	}
	e = gather_add(g, s, echo ? EVENT_ADD_ADDR_ECHO : EVENT_ADD_ADDR, note);
	e->has |= EVENT_HAS_ID | EVENT_HAS_ADDRESS;
	e->id = m->id;
	e->address = m->address;
	if (m->has & MPTCP_HAS_PORT) {
		e->has |= EVENT_HAS_PORT;
		e->port = m->port;
	}
	if (m->n_hmac) {
		e->has |= EVENT_HAS_HMAC;
		e->n_hmac = m->n_hmac;
		memcpy(e->hmac, m->hmac, m->n_hmac);
	}
	if (!echo) {
		gather_effect(g, s, m, e);
		g->removed[s->direction][m->id] = 0;
	}
}

static bool same_ids(const struct event *e, const struct mptcp_option *m)
{
	return e->n_ids == m->n_ids && memcmp(e->ids, m->ids, m->n_ids) == 0;
}

/* Later announcements are new events. */
static void remove_addr(struct gather *g, const struct sighting *s,
			const struct mptcp_option *m)
{
	size_t before = g->removed[s->direction][m->ids[0]], note = 0;
	struct event *e = NULL;

	if (before && same_ids(&g->line->events[before - 1], m)) {
		gather_again(g, s, before);
		return;
	}
	e = gather_add(g, s, EVENT_REMOVE_ADDR, &note);
	e->n_ids = m->n_ids;
	memcpy(e->ids, m->ids, m->n_ids);
	for (size_t i = 0; i < m->n_ids; i++) {
		g->removed[s->direction][m->ids[i]] = note;
		g->announced[s->direction][0][m->ids[i]] = 0;
		g->announced[!s->direction][1][m->ids[i]] = 0;
	}
}

static void priority(struct gather *g, const struct sighting *s,
		     const struct mptcp_option *m)
{
	size_t *note = &g->subflows[s->subflow].priority[s->direction];
	unsigned has =
		EVENT_HAS_BACKUP | (m->has & MPTCP_HAS_ID ? EVENT_HAS_ID : 0);
	int backup = !!(m->has & MPTCP_BACKUP);
	struct event *e = *note ? &g->line->events[*note - 1] : NULL;

	if (e && e->backup == backup && e->id == m->id &&
	    (e->has & EVENT_HAS_ID) == (has & EVENT_HAS_ID)) {
		gather_again(g, s, *note);
		return;
	}
	e = gather_add(g, s, EVENT_PRIORITY, note);
	e->has |= has;
	e->backup = backup;
	e->id = m->id;
	gather_effect(g, s, m, e);
}

/* The receiver of the bad data sends it: the data has the other direction. */
static void mp_fail(struct gather *g, const struct sighting *s,
		    const struct mptcp_option *m)
{
	size_t *note = &g->subflows[s->subflow].fail[s->direction];
	int64_t dsn = 0;
	unsigned has = 0;
	struct event *e = *note ? &g->line->events[*note - 1] : NULL;

	if (gather_position(g, !s->direction, m, &dsn))
		has = EVENT_HAS_DSN;
	if (e && e->dsn == dsn) {
		gather_again(g, s, *note);
		return;
	}
	e = gather_add(g, s, EVENT_MP_FAIL, note);
	e->has |= has;
	e->dsn = dsn;
}

void option_events(struct gather *g, const struct sighting *s)
{
	for (size_t k = 0; k < s->options.n_mptcp; k++) {
		const struct mptcp_option *m = &s->options.mptcp[k];

		switch (m->subtype) {
		case MP_ADD_ADDR: add_addr(g, s, m); break;
		case MP_REMOVE_ADDR: remove_addr(g, s, m); break;
		case MP_PRIO: priority(g, s, m); break;
		case MP_FAIL: mp_fail(g, s, m); break;
		default: break;
		}
	}
}
