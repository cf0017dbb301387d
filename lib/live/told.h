/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told.h - for live.h: remember which events of a connection were already
 * reported.
 *
 * Timelines (timeline.h) are made anew from more packets each time.  Two
 * events are the same if kind, subflow, side and packet are equal.
 */
#ifndef LIVE_TOLD_H
#define LIVE_TOLD_H

#include "events/timeline.h"

struct told_event;

struct told {
	struct told_event *all; /* a hash table */
};

typedef void told_fn(void *ctx, const struct trace *trace,
		     const struct connection *conn, const struct event *event);

struct telling {
	const struct trace *trace;
	int64_t until; /* ns since 1970 */
	told_fn *fn;
	void *ctx;
};

/*
 * Call fn() for each new event of the timeline.  Events later than "until" are
 * held back, since earlier packets may still arrive; returns whether there are
 * any.
 */
bool told_tell(struct told *told, const struct telling *how,
	       const struct connection *conn, const struct timeline *line);

/* Move what "from" remembers to "to". */
void told_join(struct told *to, struct told *from);

void told_release(struct told *told);

#endif
