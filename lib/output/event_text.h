/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_text.h - for event_rows.h: the details of an event in words
 */
#ifndef OUTPUT_EVENT_TEXT_H
#define OUTPUT_EVENT_TEXT_H

#include "output/event_rows.h"

/* All that the table has of it. */
void event_put_detail(struct strbuf *out, const struct event_row *r);

/* The ids of a REMOVE_ADDR. */
void event_put_ids(struct strbuf *out, const struct event *e,
		   const char *comma);

/* Of a packet where it came from, or went ("other"); of what a kernel says its
   own end, or its peer's: and is that known? */
struct endpoint event_end(const struct event_row *r, bool other);
bool event_knows_end(const struct event_row *r, bool other);

/* The number of the subflow that a handover left. */
uint32_t event_old_stream(const struct event_row *r);

#endif
