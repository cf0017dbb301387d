/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/sampling.h"

static const int64_t patience = 2000000000;  /* ns behind, then half of them */
static const int64_t recovery = 30000000000; /* ns calm, then twice as many */

enum {
	MOST = 1 << 16
};

/* Since when a condition holds; 0: it does not. */
static int64_t since(int64_t before, bool is_so, int64_t now)
{
	if (!is_so)
		return 0;
	return before ? before : now;
}

bool sampling_look(struct sampling *s, const struct live_source_counts *c,
		   int64_t now)
{
	/* Packets that are only read can wait. */
	const bool may_lose = c->is_paced && c->room;

	s->behind = since(s->behind, may_lose && c->waiting > c->room / 2, now);
	s->calm = since(s->calm, c->waiting < c->room / 8, now);
	if (s->behind && now - s->behind >= patience && s->of < MOST) {
		s->of *= 2;
		s->behind = now;
		return true;
	}
	if (s->of > 1 && s->calm && now - s->calm >= recovery) {
		s->of /= 2;
		s->calm = now;
		return true;
	}
	return false;
}
