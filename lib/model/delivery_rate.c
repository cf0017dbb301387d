/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/delivery_rate.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "model/flight.h"

#define LONGEST (INT64_MAX / 4) /* ns */

/* An acknowledgment at which an interval may begin. */
struct rate_point {
	int64_t busy; /* ns with data outstanding before it */
	int64_t ack;
};

struct rate_reading {
	struct flight flight;
	int64_t span;	    /* minimum, ns; 0: none */
	int64_t pause;	    /* shorter ones count as busy, ns */
	int64_t busy;	    /* ns with data outstanding, and short pauses,
			       before ... */
	int64_t up_since;   /* ... this time, if some is; else ... */
	int64_t down_since; /* ... none since this time, ... */
	bool has_down;	    /* ... if it is known */
	struct rate_point *points;
	size_t first, n,
		cap; /* items before "first" are on or above the hull */
	struct rate_point *hull;
	size_t n_hull, cap_hull;
	bool hole;	  /* something is missing ... */
	int64_t hole_end; /* ... below this position */
	uint64_t best;
};

static uint64_t rate(int64_t bytes, int64_t ns)
{
	return (uint64_t)((unsigned __int128)bytes * 8000000000u /
			  (unsigned __int128)ns);
}

/* Whether c is above the line from a to b. */
static bool is_above(const struct rate_point *a, const struct rate_point *b,
		     const struct rate_point *c)
{
	return (__int128)(b->busy - a->busy) * (c->ack - a->ack) >
	       (__int128)(b->ack - a->ack) * (c->busy - a->busy);
}

/* Add a point, which is later than all others. */
static void add_to_hull(struct rate_reading *r, const struct rate_point *p)
{
	if (r->n_hull && r->hull[r->n_hull - 1].busy == p->busy)
		return;
	while (r->n_hull > 1 &&
	       !is_above(&r->hull[r->n_hull - 2], &r->hull[r->n_hull - 1], p))
		r->n_hull--;
	*MEM_PUSH(r->hull, r->n_hull, r->cap_hull) = *p;
}

/* The highest rate from any item to "end". */
static void take_best(struct rate_reading *r, const struct rate_point *end)
{
	const size_t at =
		LOWER_BOUND(k, 0, r->n_hull - 1,
			    is_above(&r->hull[k], &r->hull[k + 1], end));
	const struct rate_point *from = &r->hull[at];
	const int64_t time = end->busy - from->busy;
	const uint64_t bps = time ? rate(end->ack - from->ack, time) : 0;

	if (bps > r->best)
		r->best = bps;
}

/* Remove points that are no longer needed. */
static void forget_points(struct rate_reading *r)
{
	if (r->first <= r->n / 2)
		return;
	for (size_t i = r->first; i < r->n; i++)
		r->points[i - r->first] = r->points[i];
	r->n -= r->first;
	r->first = 0;
}

static void take_progress(struct rate_reading *r, int64_t ack)
{
	const struct rate_point now = { r->busy, ack };

	while (r->first < r->n && r->busy - r->points[r->first].busy >= r->span)
		add_to_hull(r, &r->points[r->first++]);
	if (r->n_hull)
		take_best(r, &now);
	forget_points(r);
	if (r->hole && ack >= r->hole_end)
		r->hole = false;
	if (!r->hole)
		*MEM_PUSH(r->points, r->n, r->cap) = now;
}

static void take_ack(struct rate_reading *r, const struct packets *p,
		     uint32_t i)
{
	struct silence ended;
	int64_t ack = 0;
	bool was_up = false;

	if (!flight_reads_ack(&r->flight, p, i, &ack))
		return;
	was_up = flight_is_up(&r->flight);
	if (was_up) {
		r->busy += p->time[i] - r->up_since;
		r->up_since = p->time[i];
		if (r->flight.has_ack && ack == r->flight.ack && !p->len[i]) {
			r->hole = true;
			r->hole_end = r->flight.high;
		}
	}
	if (flight_raise(&r->flight, p, i, ack, &ended))
		take_progress(r, ack);
	if (was_up && !flight_is_up(&r->flight)) {
		r->down_since = p->time[i];
		r->has_down = true;
	}
}

static void take_data(struct rate_reading *r, const struct packets *p,
		      uint32_t i)
{
	if (!flight_is_up(&r->flight)) {
		const int64_t pause = p->time[i] - r->down_since;

		if (r->has_down && pause < r->pause)
			r->busy += pause;
		r->up_since = p->time[i];
	}
	flight_send(&r->flight, p, i);
}

void delivery_rate_measure(const struct trace *t, const struct stream *s,
			   const int64_t rtt[2], uint64_t bps[2])
{
	const struct packets *p = &t->packets;
	struct rate_reading r[2] = { { .best = 0 }, { .best = 0 } };

	for (int d = 0; d < 2; d++) {
		/* decades, in damaged captures, may not overflow */
		r[d].span = rtt[d] < LONGEST / DELIVERY_RATE_RTTS
				    ? DELIVERY_RATE_RTTS * rtt[d]
				    : LONGEST;
		if (r[d].span && r[d].span < DELIVERY_RATE_SHORT)
			r[d].span = r[d].pause = DELIVERY_RATE_LEAST;
		if (s->side[d].has_isn)
			flight_start(&r[d].flight, s->side[d].isn);
	}
	for (size_t n = 0; n < s->n; n++) {
		const uint32_t i = t->order[s->first + n];
		const int d = !!(p->mark[i] & PACKET_REVERSE);

		if (r[!d].span)
			take_ack(&r[!d], p, i);
		if (p->len[i] && r[d].span)
			take_data(&r[d], p, i);
	}
	for (int d = 0; d < 2; d++) {
		bps[d] = r[d].best;
		free(r[d].points);
		free(r[d].hull);
	}
}
