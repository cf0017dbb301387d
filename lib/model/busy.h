/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * busy.h - when data was under way on a TCP stream.
 *
 *	struct periods busy[2] = { PERIODS_INIT(BUSY_GAP),
 *				   PERIODS_INIT(BUSY_GAP) };
 *	busy_find(&trace, stream, busy);	// by TCP direction
 *
 * From one packet with payload to the next one in the same direction, unless
 * that came more than a second later and all that had been sent was
 * acknowledged before: then nobody had anything to send.  Where data is
 * received it is acknowledged at once, so that a time in which nothing arrives
 * for longer than a second is none there, whatever the sender did.
 */
#ifndef MODEL_BUSY_H
#define MODEL_BUSY_H

#include "model/periods.h"
#include "model/trace.h"

#define BUSY_GAP INT64_C(1000000000) /* ns */

void busy_find(const struct trace *trace, const struct stream *stream,
	       struct periods out[2]);

#endif
