/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/told.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "model/past.h"

enum {
	/* events to remember; then the older half is forgotten */
	MOST = 1 << 16
};

/* Must not contain padding: it is hashed. */
struct told_key {
	uint32_t kind, stream, other, from;
	uint32_t frame; /* 0: there is at most one such event */
	uint32_t nth;	/* number among otherwise equal ones */
};

struct told_event {
	struct told_key key;
	UT_hash_handle hh;
};

static uint32_t stream_of(const struct trace *t, const struct connection *c,
			  uint32_t subflow)
{
	return trace_subflow(t, c, subflow)->tcp_stream;
}

/*
 * Whether a side of a subflow has at most one such event (timeline.h).  To
 * which of several packets it belongs may change later (copies.h).
 */
static bool is_single(enum event_kind kind)
{
	switch (kind) {
	case EVENT_CONNECTION_SYN:
	case EVENT_CONNECTION_SYNACK:
	case EVENT_CONNECTION_ESTABLISHED:
	case EVENT_JOIN_SYN:
	case EVENT_JOIN_SYNACK:
	case EVENT_JOIN_ESTABLISHED:
	case EVENT_FIRST_DATA:
	case EVENT_FIN: return true;
	default: return false;
	}
}

static struct told_key key_of(const struct trace *t, const struct connection *c,
			      const struct event *e)
{
	struct told_key key = { .kind = e->kind };

	if (e->kind == EVENT_FALLBACK || e->kind == EVENT_DATA_FIN) {
		key.stream = stream_of(t, c, 0);
		key.from = e->kind == EVENT_DATA_FIN ? (uint32_t)e->from : 0;
		return key;
	}
	key.stream = stream_of(t, c, e->subflow);
	key.from = (uint32_t)e->from;
	if (e->has & EVENT_HAS_OTHER)
		key.other = stream_of(t, c, e->other) + 1;
	if (!is_single(e->kind))
		key.frame = t->packets.frame[e->packet];
	return key;
}

/* One packet may announce or remove several addresses. */
static struct told_key key_in(const struct trace *t, const struct connection *c,
			      const struct timeline *line, size_t i)
{
	struct told_key key = key_of(t, c, &line->events[i]);

	for (size_t k = i;
	     k-- > 0 && line->events[k].packet == line->events[i].packet;) {
		struct told_key before = key_of(t, c, &line->events[k]);

		before.nth = key.nth;
		key.nth += memcmp(&before, &key, sizeof(key)) == 0;
	}
	return key;
}

static bool has(const struct told *told, const struct told_key *key)
{
	struct told_event *found = NULL;

	HASH_FIND(hh, told->all, key, sizeof(*key), found);
	return found != NULL;
}

static void forget_old(struct told *told)
{
	struct told_event *e = NULL, *next = NULL;
	size_t n = HASH_COUNT(told->all) / 2;

	HASH_ITER (hh, told->all, e, next) {
		if (!n--)
			return;
		HASH_DEL(told->all, e);
		free(e);
	}
}

static void remember(struct told *told, const struct told_key *key)
{
	struct told_event *e = mem_calloc(1, sizeof(*e));

	e->key = *key;
	HASH_ADD(hh, told->all, key, sizeof(e->key), e);
	if (HASH_COUNT(told->all) > MOST)
		forget_old(told);
}

/*
 * Whether the event belongs to a packet that was accounted before (past.h):
 * then it was reported; but a stall is known only after it has lasted.
 */
static bool is_over(const struct trace *t, const struct connection *c,
		    const struct event *e)
{
	const struct past_stream *past =
		past_find_stream(t, stream_of(t, c, e->subflow));

	return past && past_has(past, &t->packets, e->packet) &&
	       e->kind != EVENT_STALLED;
}

bool told_tell(struct told *told, const struct telling *how,
	       const struct connection *c, const struct timeline *line)
{
	const struct trace *t = how->trace;
	bool left = false;

	for (size_t i = 0; i < line->n; i++) {
		const struct event *e = &line->events[i];
		const struct told_key key = key_in(t, c, line, i);

		left |= e->time > how->until;
		if (e->time > how->until || has(told, &key) || is_over(t, c, e))
			continue;
		remember(told, &key);
		how->fn(how->ctx, t, c, e);
	}
	return left;
}

void told_join(struct told *to, struct told *from)
{
	struct told_event *e = NULL, *next = NULL;

	HASH_ITER (hh, from->all, e, next) {
		HASH_DEL(from->all, e);
		if (has(to, &e->key))
			free(e);
		else
			HASH_ADD(hh, to->all, key, sizeof(e->key), e);
	}
}

void told_release(struct told *told)
{
	struct told_event *e = NULL, *next = NULL;

	HASH_ITER (hh, told->all, e, next) {
		HASH_DEL(told->all, e);
		free(e);
	}
}
