/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_events.h - add events from a kernel's log ("ip mptcp monitor") to the
 * timeline of a connection
 *
 *	timeline_make(&line, trace, conn, &ledger);
 *	kernel_events_add(&line, trace, conn, &log, &said);
 *
 * A log (monitor.h) belongs to one host, and identifies connections by the
 * host's own token: if the capture contains the keys, the token determines the
 * connection and the end; else addresses and ports do.  If client and server
 * are the same host, its log contains both.
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

/* What was found about a connection in a log. */
struct kernel_said {
	size_t events; /* events of the log for this connection */
	/*
	 * Whether times of the log can be compared with those of packets.  If
	 * so, "ahead" is the difference of their clocks, ns, in multiples of a
	 * quarter of an hour (time zones).
	 */
	bool timed;
	int64_t ahead;
	bool has_clock;	 /* there are times and packets to compare */
	int64_t differs; /* ns, median by which log times are later */
};

/* Add the events of the log that belong to the connection. */
void kernel_events_add(struct timeline *line, const struct trace *trace,
		       const struct connection *conn, const struct monitor *log,
		       struct kernel_said *said);

/* A log, and what was found in it about all connections examined. */
struct kernel_log {
	char *path;
	struct monitor log;
	size_t tied;		  /* events of these connections */
	struct kernel_said first; /* of the first connection with has_clock */
};

struct kernel_logs {
	struct kernel_log *list;
	size_t n, cap;
};

/* Add the events from all logs for a connection. */
void kernel_logs_tell(struct kernel_logs *logs, struct timeline *line,
		      const struct trace *trace, const struct connection *conn);

#endif
