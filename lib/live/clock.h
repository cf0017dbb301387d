/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h - the current time by the clock of live packets, which advances even
 * while none arrive.
 *
 * That clock may differ from ours: packets may come from another host, or be
 * replayed from an old capture.
 */
#ifndef LIVE_CLOCK_H
#define LIVE_CLOCK_H

#include <stdint.h>

#include "os/monotonic.h"

/*
 * ns.  Packets of several interfaces are out of order by far less; a packet
 * that is earlier than the latest one by more means that the clock was set
 * back.
 */
#define LIVE_SET_BACK 60000000000

/* The new current time when a packet of time "time" arrives. */
static inline int64_t live_clock_later(int64_t now, int64_t time)
{
	return time > now || time < now - LIVE_SET_BACK ? time : now;
}

struct live_clock {
	/* time of the latest packet, ns since 1970; 0: none yet */
	int64_t latest;
	int64_t at; /* when that arrived, by monotonic_ns() */
};

/* A packet of this time has arrived; 0 is ignored. */
static inline void live_clock_note(struct live_clock *c, int64_t time)
{
	const int64_t latest = live_clock_later(c->latest, time);

	if (!time || latest == c->latest)
		return;
	c->latest = latest;
	c->at = monotonic_ns();
}

/* The time now, ns since 1970; 0: unknown, as there were no packets. */
static inline int64_t live_clock_now(const struct live_clock *c)
{
	return c->latest ? c->latest + monotonic_ns() - c->at : 0;
}

#endif
