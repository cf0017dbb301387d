/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline.h - the events of one connection, in order of time, and their
 * definitions.
 *
 *	struct timeline line;
 *	timeline_make(&line, trace, conn, &ledger);
 *	for (size_t i = 0; i < line.n; i++)
 *		... line.events[i] ...
 *	timeline_release(&line);
 *
 * The ledger (ledger.h) must have been filled by account_connection().  The
 * timeline owns its events.  Events at the same time are in the order of their
 * frames, those of one frame in the order of enum event_kind.  O(n log n) for
 * n packets.
 *
 * Counted as one event are
 * - all SYNs of a subflow, all its SYN/ACKs, third ACKs, FINs and RSTs of one
 *   side, and FASTCLOSEs of one side;
 * - the DATA_FINs of one side, on any subflow;
 * - ADD_ADDRs of one side, and echoes, with the same id, address, port and
 *   HMAC, until the id is removed;
 * - REMOVE_ADDRs of one side with the same ids, until one of these is
 *   announced or joins again;
 * - MP_PRIOs of one side on a subflow, until one has a different value;
 *   likewise MP_FAIL;
 * - the probes of a closed receive window (window_probe.h) of one side, on any
 *   subflow, until data continues.
 *
 * A flow is one direction of a subflow.  It is "stalled" from the packet on
 * after which its own acknowledgments (of TCP, on this subflow) left some of
 * its bytes unacknowledged and did not advance for longer than its patience:
 * three times its median round-trip time, at least one second.  DATA_ACKs on
 * other subflows do not count: data that was sent again elsewhere does not
 * repair a path.  An acknowledgment that advances ends it ("recovered"); a RST
 * or the end of the capture ends it without that event.
 *
 * "Handover": the traffic of a direction leaves a subflow, the old one, and
 * continues on another, the new one.  The sender decides to hand over.
 *
 * A packet of data is "effective" if an ACK or SACK on its subflow, or a
 * DATA_ACK, covered one of its bytes before that byte was sent again: on its
 * subflow, or, with a new mapping, on any.  This applies Karn's rule to paths:
 * that bytes are acknowledged when a path is back proves nothing if they were
 * sent again.  A DATA_ACK, which may arrive on any path, therefore proves it
 * only for data that was sent once, and probes on a dead path (tail loss
 * probes, retransmissions) are not effective.
 *
 * A flow "fails" if for longer than its patience, while data was outstanding
 * (its own acknowledgments, which were captured, did not cover all of it), no
 * packet of it was effective; or without limit in time, however short, if all
 * data of the direction was acknowledged in the end.  The failure lasts to the
 * next effective packet, or until nothing is outstanding.
 *
 * A handover is "forced" if the old flow had failed, and another subflow then
 * sent an effective packet with bytes that the old one had outstanding, or, if
 * the failure was longer than the patience, with new data after having been
 * silent for longer than its round-trip time.  The event is at the first such
 * packet; if there is none (all paths are dead) there is no handover.  The gap
 * is measured from the last effective packet of the old subflow.  "Sent again"
 * counts the bytes outstanding on it without DATA_ACK that others sent while
 * it failed.
 *
 * A handover is "voluntary" if the old flow did not fail, and carried nothing
 * (no data that is new to the subflow) for longer than its patience, or from
 * some packet to the end, and another subflow takes over: its first effective
 * packet comes before the patience is over (otherwise the application paused),
 * it carries at least as much as the old one did in its last second, and
 * - its own last pause of more than its patience ended less than the patience
 *   of the old one before that packet, and either it had failed in that pause,
 *   or the old one had carried data without such a pause for longer than that:
 *   traffic that never left a subflow does not return to it; or
 * - the old one was closed (FIN, RST, FASTCLOSE), or either side made it a
 *   backup (MP_PRIO), within its patience after its last packet, and it had
 *   carried at least a tenth of what the new one did in its last second.
 *
 * What the new one carries is counted from that return, or after that closing.
 * The event is at the first effective packet of the new one after the last
 * packet of the old one, and the gap is the time between the two.
 *
 * If the capture was taken at the receiver or between the ends, it is unknown
 * what the sender did meanwhile: "forced", gap and bytes are unknown.  At the
 * receiver nothing is outstanding for long.  So a pause of the old flow of
 * more than the patience is sufficient if another subflow effectively
 * delivers, during the pause, data that the old one had delivered before, or
 * new data below what this other one had delivered before, since the sender
 * had first scheduled that on another subflow.
 *
 * A zero-window probe (window_probe.h) carries no data here.
 *
 * So striping over several subflows is no handover, nor is the end of a
 * transfer on one of them.
 */
#ifndef EVENTS_TIMELINE_H
#define EVENTS_TIMELINE_H

#include "events/event.h"
#include "model/ledger.h"
#include "model/trace.h"

/* Constants of the definitions above. */
enum {
	HANDOVER_SECOND = 1000000000, /* ns */
	HANDOVER_SHARE = 10,	      /* a tenth */
	HANDOVER_LOOK = 256, /* pieces after the last of the old subflow ... */
	/* ... and subflows, in which the new one is sought */
	HANDOVER_FLOWS = 8
};

struct timeline {
	struct event *events;
	size_t n, cap;
};

void timeline_make(struct timeline *line, const struct trace *trace,
		   const struct connection *conn, const struct ledger *ledger);
void timeline_release(struct timeline *line);

/* Sort again after adding events. */
void timeline_sort(struct timeline *line, const struct trace *trace);

#endif
