/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_text.h - for event_rows.h: the details of an event as text
 */
#ifndef OUTPUT_EVENT_TEXT_H
#define OUTPUT_EVENT_TEXT_H

#include "output/event_rows.h"

/* Append the text for the column "detail" of the table. */
void event_put_detail(struct strbuf *out, const struct event_row *r);

/* Append the address ids of a REMOVE_ADDR, separated by "comma". */
void event_put_ids(struct strbuf *out, const struct event *e,
		   const char *comma);

/*
 * The source of the event's packet, or its destination ("other"); for events
 * of kernel logs the kernel's own end, or its peer.  event_knows_end() tells
 * whether it is known.
 */
struct endpoint event_end(const struct event_row *r, bool other);
bool event_knows_end(const struct event_row *r, bool other);

/* tcp.stream of the subflow that a handover left. */
uint32_t event_old_stream(const struct event_row *r);

#endif
