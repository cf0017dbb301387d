/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/clock_watch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "row/options.h"

enum {
	ENDS = 1 << 12, /* of streams that are remembered; a power of 2 */
	JUMPS_MAX = 1000,
	TENTH = 10,
	LONG = 3 /* times the jump; rates are not accurate over longer pauses */
};

/* Smaller steps may be packets that are slightly out of order. */
static const int64_t least_back = 100000000; /* ns */
static const int64_t least_untold = 1000000000;
static const int64_t least_ahead = 1000000000;

/* Minimum duration to determine the rate of TCP timestamps. */
static const int64_t least_span = 200000000; /* ns */
static const int64_t least_ticks = 20;

/* One end of a TCP stream and its TCP timestamps. */
struct clock_end {
	bool is_used;
	uint32_t stream;
	int64_t time; /* of its last packet */
	uint32_t tsval;
	uint32_t places;     /* number of places until that packet */
	uint32_t told;	     /* last place to which it contributed; 0: none */
	int64_t span, ticks; /* between places, by either clock */
};

static void close_place(struct clock_watch *w)
{
	struct clock_place *p = &w->place;
	struct clock_jump jump = { .packet = p->packet };

	if (!p->is_open)
		return;
	p->is_open = false;
	if (!p->is_denied && (p->is_back || p->is_both))
		jump.streams = p->streams;
	if (!jump.streams && (!p->is_back || p->by < least_untold))
		return;
	if (jump.streams)
		p->by = (int64_t)(p->sum / p->ends);
	jump.by = p->is_back ? -p->by : p->by;
	if (w->info->n_jumps < JUMPS_MAX)
		*MEM_PUSH(w->info->jumps, w->info->n_jumps,
			  w->info->cap_jumps) = jump;
}

static void open_place(struct clock_watch *w, bool is_back, int64_t by)
{
	close_place(w);
	w->place = (struct clock_place){ .is_open = true,
					 .is_back = is_back,
					 .packet = (uint32_t)w->info->packets,
					 .by = by };
	w->places++;
}

/* A clock that is set changes all interfaces. */
static bool is_same_step(const struct clock_watch *w, uint32_t places,
			 int64_t by)
{
	const struct clock_place *p = &w->place;

	return p->is_open && p->is_back && places + 1 == w->places &&
	       llabs(by - p->by) < p->by / TENTH + least_back;
}

static void look_for_place(struct clock_watch *w, int64_t time,
			   size_t interface)
{
	const int64_t before = w->last_on[interface].time;

	if (w->last_on[interface].has && before - time >= least_back) {
		if (!is_same_step(w, w->last_on[interface].places,
				  before - time))
			open_place(w, true, before - time);
	} else if (w->has_latest && time - w->latest >= least_ahead) {
		open_place(w, false, time - w->latest);
	}
	w->last_on[interface].has = w->has_latest = true;
	w->last_on[interface].time = w->latest = time;
	w->last_on[interface].places = w->places;
}

/* The end sent a packet before the place, and now the first one after it. */
static void tell(struct clock_watch *w, struct clock_end *e,
		 const struct clock_end *other, int64_t elapsed, int32_t ticks)
{
	struct clock_place *p = &w->place;
	const bool is_known = e->span >= least_span && e->ticks >= least_ticks;
	int64_t passed = 0, jump = 0;

	if (is_known)
		passed = (int64_t)((double)ticks * (double)e->span /
				   (double)e->ticks);
	jump = p->is_back ? passed - elapsed : elapsed - passed;
	if (is_known ? passed > LONG * p->by
		     : !p->is_back || ticks < 0 || jump < p->by - p->by / TENTH)
		return;
	if (passed < -p->by / TENTH || jump < p->by - p->by / TENTH) {
		p->is_denied = true;
		return;
	}
	p->sum += (double)jump;
	p->ends++;
	e->told = w->places;
	if (other->is_used && other->stream == e->stream &&
	    other->told == w->places)
		p->is_both = true;
	else
		p->streams++;
}

/* Give the ends of a stream a fixed order. */
static bool is_second(const struct row *row)
{
	if (row->sport != row->dport)
		return row->sport > row->dport;
	return address_order(&row->src, &row->dst) > 0;
}

static void look_at_tsval(struct clock_watch *w, const struct row *row,
			  uint32_t tsval)
{
	const size_t at = (row->stream * 2u & (ENDS - 1)) | is_second(row);
	struct clock_end *e = NULL;
	int32_t ticks = 0;

	if (!w->ends)
		w->ends = mem_calloc(ENDS, sizeof(*w->ends));
	e = &w->ends[at];
	ticks = (int32_t)(tsval - e->tsval);
	if (!e->is_used || e->stream != row->stream) {
		*e = (struct clock_end){ .is_used = true,
					 .stream = row->stream };
	} else if (e->places == w->places) {
		e->span += row->time - e->time;
		e->ticks += ticks;
	} else if (w->place.is_open && e->places + 1 == w->places) {
		tell(w, e, &w->ends[at ^ 1], row->time - e->time, ticks);
	}
	e->time = row->time;
	e->tsval = tsval;
	e->places = w->places;
}

void clock_watch_packet(struct clock_watch *w, const struct row *row,
			enum row_kind kind, size_t interface)
{
	uint64_t tsval = 0;

	if (!(row->present & ROW_HAS_TIME))
		return;
	if (interface > CLOCK_WATCH_INTERFACES)
		interface = CLOCK_WATCH_INTERFACES;
	look_for_place(w, row->time, interface);
	if (kind != ROW_TCP || (row->flags & TCP_RST))
		return;
	tsval = tcpopt_tsval(row->options, row->n_options);
	if (tsval)
		look_at_tsval(w, row, (uint32_t)tsval);
}

void clock_watch_settle(struct clock_watch *w)
{
	close_place(w);
	free(w->ends);
	w->ends = NULL;
}
