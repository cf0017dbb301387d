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
 * goes on on another, the new one. It is the sender who hands over.
 *
 * A packet of data is "effective" when an ACK or a SACK on its subflow, or a
 * DATA_ACK, covered one of its bytes before that byte was sent again: on its
 * subflow, or, with a new mapping, on any. This is the rule of Karn for
 * paths: that the same numbers are acknowledged when a path is back proves
 * nothing. So a DATA_ACK, which any path may bring, proves that only for
 * data that was sent once, and probes of a dead path (tail loss probes,
 * retransmissions) are not effective.
 *
 * A flow "fails" when for longer than its patience, while data was
 * outstanding (its own acknowledgments, which were captured, did not cover
 * all), no packet of it was effective; or for good, however short, if all
 * data of the direction was acknowledged in the end. It lasts to the next
 * effective packet, or until nothing is outstanding.
 *
 * A handover is "forced" when the old flow had failed, and another subflow
 * then sent an effective packet that carries bytes which the old one had
 * outstanding, or, if the failure was longer than the patience, new data
 * after it had been silent for longer than its round trip time. The event is
 * at the first such packet; where there is none (all paths are dead) there
 * is no handover. The gap is from the last effective packet of the old
 * subflow. "Sent again" is what others sent, while it failed, of the bytes
 * that it had outstanding and no DATA_ACK had covered.
 *
 * A handover is "voluntary" when the old flow did not fail, and carried
 * nothing (no data that is new to the subflow) for longer than its patience,
 * or from some packet on to the end, and another subflow carries on: its
 * first effective packet comes before the patience is over (else the
 * application paused), it carries at least as much as the old one did in its
 * last second, and
 *   - its own last pause longer than its patience ended less than the
 *     patience of the old one before that packet, and it had failed in it,
 *     or the old one had carried on without such a pause for longer than
 *     that: traffic that never left a subflow does not return to it; or
 *   - the old one was closed (FIN, RST, FASTCLOSE), or either side made it a
 *     backup (MP_PRIO), within its patience of its last packet, and it had
 *     carried a tenth or more of what the new one did in its last second.
 * What the new one carries counts from that return, or behind that closing.
 * The event is at the new one's first effective packet behind the last of
 * the old one, and the gap is the time between the two.
 *
 * Where the receiver or somebody between the ends captured, nobody knows
 * what the sender did meanwhile: whether it was forced, gap and bytes are
 * unknown. At the receiver nothing is outstanding for long. So a pause of
 * the old flow longer than the patience is enough if another subflow brings,
 * effectively, data in it that the old one had brought, or new data below
 * what this other one had brought before: the sender had meant it for
 * somebody else.
 *
 * Striping over several subflows thus is no handover, nor is the end of a
 * transfer on one of them.
 */
#ifndef EVENTS_TIMELINE_H
#define EVENTS_TIMELINE_H

#include "events/event.h"
#include "model/ledger.h"
#include "model/trace.h"

/* The definitions above, in numbers. */
enum {
	HANDOVER_SECOND = 1000000000, /* ns */
	HANDOVER_SHARE = 10,	      /* one byte in so many */
	HANDOVER_LOOK = 256, /* pieces behind the last of the old subflow ... */
	HANDOVER_FLOWS = 8 /* ... and subflows: who carries on is among them */
};

struct timeline {
	struct event *events;
	size_t n, cap;
};

void timeline_make(struct timeline *line, const struct trace *trace,
		   const struct connection *conn, const struct ledger *ledger);
void timeline_release(struct timeline *line);

/* In order again, when events were added. */
void timeline_sort(struct timeline *line, const struct trace *trace);

#endif
