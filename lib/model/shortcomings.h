/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shortcomings.h - determine what a capture cannot show, in sentences that all
 * commands share.
 *
 *	shortcomings_find(&trace);
 *	... trace.info.shortcomings[0].sentence ...
 *
 * Shortcomings are shown with the warnings of a capture
 * (capture_info_warning()); mptcp-doctor(1) adds advice.  A sentence says what
 * packets and file prove, not why it is so: that no packet of a server was
 * captured, not which filter was used.
 *
 * Kinds, in this order:
 *	snaplen		TCP options are cut
 *	dropped		the file says that packets were dropped (statistics.h)
 *	syns		only SYNs and SYN/ACKs
 *	directions	one direction of TCP streams, of which the other was
 *			there: it was acknowledged, or answered
 *	payload		bytes were acknowledged on a TCP stream that is there,
 *			both directions, and were not captured
 *	handshakes	the first handshake of connections
 *	subflows	data was acknowledged (DATA_ACK) that no subflow carried
 *			which is there, although those are whole
 *	clock		time stamps jump (clock_watch.h)
 */
#ifndef MODEL_SHORTCOMINGS_H
#define MODEL_SHORTCOMINGS_H

#include "model/trace.h"

/*
 * Fill trace->info.shortcomings, which must be empty, from the rest of the
 * trace; packets need not be in memory.
 */
void shortcomings_find(struct trace *trace);

/* The shortcoming of this kind, or NULL. */
const struct shortcoming *shortcomings_of_kind(const struct capture_info *info,
					       const char *kind);

#endif
