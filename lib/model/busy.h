/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * busy.h - the periods in which data was being sent on a TCP stream.
 *
 *	struct periods busy[2] = { PERIODS_INIT(BUSY_GAP),
 *				   PERIODS_INIT(BUSY_GAP) };
 *	busy_find(&trace, stream, busy);	// by TCP direction
 *
 * A period lasts from one packet with payload to the next one in the same
 * direction, unless that came more than a second later and everything sent had
 * been acknowledged before: then there was nothing to send.  At the receiver
 * data is acknowledged at once, so a gap of more than a second always ends a
 * period there, whatever the sender did.
 */
#ifndef MODEL_BUSY_H
#define MODEL_BUSY_H

#include "model/periods.h"
#include "model/trace.h"

#define BUSY_GAP INT64_C(1000000000) /* ns */

void busy_find(const struct trace *trace, const struct stream *stream,
	       struct periods out[2]);

#endif
