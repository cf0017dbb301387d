/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline.h - the events of one connection, in order of time.
 *
 *	struct timeline line;
 *	timeline_make(&line, trace, conn, &ledger);
 *	for (size_t i = 0; i < line.n; i++)
 *		... line.events[i] ...
 *	timeline_release(&line);
 *
 * The ledger (ledger.h) must be filled by account_connection().
 * The timeline owns its events.
 */
#ifndef EVENTS_TIMELINE_H
#define EVENTS_TIMELINE_H

#include "events/event.h"
#include "model/ledger.h"
#include "model/trace.h"

struct timeline {
	struct event *events;
	size_t n, cap;
};

void timeline_make(struct timeline *line, const struct trace *trace,
		   const struct connection *conn, const struct ledger *ledger);
void timeline_release(struct timeline *line);

#endif
