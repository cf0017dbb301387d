/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_rows.h - the rows of mptcp-events.
 *
 * Each detail of an event is a column.  In JSON the object "detail" contains
 * those of the event's kind; the table shows a text.
 */
#ifndef OUTPUT_EVENT_ROWS_H
#define OUTPUT_EVENT_ROWS_H

#include "events/event.h"
#include "output/getters.h"

struct event_row {
	struct listing_row listing; /* first: getters.h; the stream is the
				       event's subflow */
	const struct event *event;
};

extern const struct row_type event_item; /* "events" */

#endif
