/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_events.h - what the kernel of a host said of a connection, among the
 * events that its packets show
 *
 *	timeline_make(&line, trace, conn, &ledger);
 *	kernel_events_add(&line, trace, conn, &log, &said);
 *
 * A log (monitor.h) is of one host, and names its connections by the host's own
 * token: where the capture knows the keys it tells which connection and which
 * end is meant, else the addresses and ports do.  Where client and server are
 * one host its log has both.
 *
 * Each event of the log becomes one of the timeline (event.source), with the
 * packet that made the kernel say it, where that was captured:
 *   created         at the client the SYN/ACK, at the server the third ACK
 *   established     at the server the third ACK, at the client what it got next
 *   sf_established  the third ACK of the join
 *   sf_closed       a FIN or RST of the subflow, the last one before it
 *   sf_prio, announced, removed: the MP_PRIO, ADD_ADDR, REMOVE_ADDR of the peer
 *   closed          the last of the events before it
 * and those packets' events learn whether the kernel of the host that they are
 * for says so, too (EVENT_HAS_KERNEL), if the log has the whole life of the
 * connection.
 */
#ifndef EVENTS_KERNEL_EVENTS_H
#define EVENTS_KERNEL_EVENTS_H

#include "events/timeline.h"
#include "kernel/monitor.h"

struct kernel_said {
	size_t events; /* of the log that are of this connection */
	/*
	 * May its times be set beside those of the packets?  Only then "ahead"
	 * says by how much they are ahead of the capture's, ns: whole quarters
	 * of an hour, as time zones differ.
	 */
	bool timed;
	int64_t ahead;
	bool has_clock;	 /* there are times, and packets to compare them with */
	int64_t differs; /* ns, the median by which they are later */
};

void kernel_events_add(struct timeline *line, const struct trace *trace,
		       const struct connection *conn, const struct monitor *log,
		       struct kernel_said *said);

/* A log, and what was found of it in the connections that were looked at. */
struct kernel_log {
	char *path;
	struct monitor log;
	size_t tied;		  /* events of these connections */
	struct kernel_said first; /* of the first of them that has a clock */
};

struct kernel_logs {
	struct kernel_log *list;
	size_t n, cap;
};

/* Adds what all of them say of a connection to its events. */
void kernel_logs_tell(struct kernel_logs *logs, struct timeline *line,
		      const struct trace *trace, const struct connection *conn);

#endif
