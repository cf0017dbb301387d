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
 * The timeline owns its events.  Events of one time are in the order of their
 * frames, those of one frame in the order of enum event_kind.
 * O(n log n) for n packets.
 *
 * One event, with a count, are
 *   - all SYNs of a subflow, all its SYN/ACKs, third ACKs, FINs and RSTs of one
 *     side, and FASTCLOSEs of one side;
 *   - the DATA_FINs of one side, on whatever subflow;
 *   - ADD_ADDRs of one side, and echoes, with the same id, address, port and
 *     HMAC, until the id is removed;
 *   - REMOVE_ADDRs of one side with the same ids, until one of them is
 *     announced or joins again;
 *   - MP_PRIOs of one side on a subflow, until one says something else; the
 *     same for MP_FAIL.
 *
 * A flow is one direction of a subflow.  It is "stalled" from the packet since
 * when its own acknowledgments (those of TCP, on this subflow) left some of its
 * bytes unacknowledged and did not move for longer than its patience: three
 * times its median round trip time, one second at least.  DATA_ACKs that other
 * subflows bring do not count: data that was sent again elsewhere does not heal
 * a path.  An acknowledgment that moves forward ends it ("recovered"); an RST
 * or the end of the capture ends it without that.
 *
 * "Handover": the traffic of a direction leaves a subflow, the old one, and
 * goes on on another.  New data is data that no packet had before.  There is
 * one for each pause of the old subflow, after a packet with new data and
 * before its next such packet if there is any, that fulfils all of this:
 *   - it is longer than the patience of the old subflow, or lasts for good;
 *   - the old subflow was in use: within its patience before the pause it
 *     carried a tenth of the direction's new data or more;
 *   - it stalled in the pause; or it was closed in it (FIN, RST, FASTCLOSE); or
 *     it became a backup (MP_PRIO of either side) in it or less than the
 *     patience before; or, whatever the reason, the others carried on for
 *     longer than twice the patience, with at least eight packets of new data;
 *   - another subflow sent something in the pause (after the closing or the
 *     MP_PRIO): the first packet that repeats data of the old subflow, or else
 *     the first with new data, is the handover's.
 * Striping over several subflows thus is no handover: its pauses are short, and
 * the end of a transfer is followed by no new data.
 */
#ifndef EVENTS_TIMELINE_H
#define EVENTS_TIMELINE_H

#include "events/event.h"
#include "model/ledger.h"
#include "model/trace.h"

/* The definitions above, in numbers. */
enum {
	TIMELINE_STALL = 1000000000, /* ns */
	TIMELINE_RTTS = 3,
	HANDOVER_SHARE = 10,   /* one byte in so many */
	HANDOVER_PATIENCE = 2, /* times the patience */
	HANDOVER_PACKETS = 8
};

/* No round trip, ns; a clock was set while it was measured. */
#define TIMELINE_LONGEST ((int64_t)1 << 58)

struct timeline {
	struct event *events;
	size_t n, cap;
};

void timeline_make(struct timeline *line, const struct trace *trace,
		   const struct connection *conn, const struct ledger *ledger);
void timeline_release(struct timeline *line);

#endif
