/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.h - what limited a transfer: assigns the time of one direction of a
 * connection to states.
 *
 * Needs the capture at the sender.  Each nanosecond from the first to the last
 * packet with payload belongs to exactly one state, so the states add up to
 * the duration.  Data that is sent after the abort of the connection
 * (arrival_end()) does not count.  With S the end of the data sent, A the
 * highest DATA_ACK, and W the end of the receive window (RFC 8684 3.3.1: one
 * window for all subflows), the state is the first in this list whose condition
 * holds:
 *
 * - starting: nothing was acknowledged yet
 * - outage: all subflows are stalled
 * - receive_window: S is less than an MSS below W
 * - application: everything sent is acknowledged, and no subflow that is not
 *   stalled retransmits any of it
 * - send_buffer: a usable subflow is idle, and S did not rise for longer than
 *   its round-trip time, until within 10 ms after a DATA_ACK, or never again
 *   while lower data was still to be sent: the sender had no buffer space, or
 *   no more data
 * - idle_path: a usable subflow is idle, and others send
 * - recovery: data is outstanding, and the DATA_ACK did not advance for longer
 *   than 3 round-trip times and 200 ms
 * - stalled_path: a subflow that is no backup is stalled, and others send
 * - path: otherwise; all usable subflows are busy
 *
 * A subflow is stalled as defined in flight.h; usable if it is established,
 * not a backup (or all are backups) and not stalled; idle if it had no data in
 * flight for longer than its round-trip time.
 *
 * The culprit of a state is the subflow that first sent byte A, the lowest
 * unacknowledged one, anywhere in the capture: the others wait for it.  If the
 * receiver's capture shows when data arrived, it is the subflow of the lowest
 * byte that had not arrived, unless everything sent had arrived.  Data that a
 * subflow sends first, but below data it sent before, was taken over from
 * another subflow: until it is sent, that one is the culprit, if there is only
 * one other subflow.  If everything is acknowledged and the window is full,
 * the culprit is the application that does not read.  In idle_path and
 * stalled_path it is the idle or stalled subflow.
 *
 * Follows "T-RAT" (Zhang, Breslau, Paxson, Shenker, SIGCOMM 2002) and the
 * critical path analysis of Barford and Crovella (SIGCOMM 2000).
 */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

#include <stdbool.h>

#include "model/ledger.h"
#include "model/tcpsummary.h"
#include "model/trace.h"
#include "model/vantage.h"

enum limit_state {
	LIMIT_STARTING,
	LIMIT_OUTAGE,
	LIMIT_RECEIVE_WINDOW,
	LIMIT_APPLICATION,
	LIMIT_SEND_BUFFER,
	LIMIT_IDLE_PATH,
	LIMIT_RECOVERY,
	LIMIT_STALLED_PATH,
	LIMIT_PATH,
	LIMIT_STATES
};

/* The name in JSON: "starting", "outage", ... */
const char *limit_state_name(enum limit_state state);

enum {
	LIMIT_NOBODY = -1, /* no culprit in this state */
	LIMIT_READER = -2  /* the receiving application, which does not read */
};

/* A period in one state. */
struct limit_span {
	int64_t from, to; /* ns since 1970 */
	enum limit_state state;
	long culprit;	/* subflow, LIMIT_NOBODY or LIMIT_READER */
	bool is_spare;	/* idle_path: there was no data for the subflow, since
			   everything sent was acknowledged before more came */
	int64_t window; /* size of the receive window, W - A, bytes */
};

struct limits {
	bool known;		     /* else nothing here has a meaning */
	int64_t time[LIMIT_STATES];  /* ns */
	int64_t duration;	     /* their sum */
	int64_t spare;		     /* part of idle_path with is_spare */
	int64_t *held[LIMIT_STATES]; /* ns by culprit: [subflow], then the
					reader; NULL: no culprits; owned */
	size_t n_subflows;
	int64_t window;	  /* largest window that was full, bytes; 0: none was */
	int64_t *outages; /* from, to, from, to, ...; ns since 1970; owned */
	size_t n_outages, cap_outages; /* count these numbers, not pairs */
};

/* From "time" on the receiver has all data below "next". */
struct limit_arrival {
	int64_t time; /* ns since 1970, by the clock of the sender's capture */
	int64_t next; /* a position as in the sender's ledger */
};

struct limit_arrivals {
	struct limit_arrival *items; /* ascending in both; owned */
	size_t n, cap;
};

struct limits_input {
	const struct trace *trace;
	const struct connection *conn;
	const struct ledger *ledger;
	const struct tcp_summary *tcp; /* by subflow; for round-trip times */
	enum direction direction;
	const struct limit_arrivals *arrivals; /* or NULL: unknown */
};

typedef void limits_fn(void *ctx, const struct limit_span *span);

/*
 * Call "fn" for each period in order; adjacent ones with the same state and
 * culprit are combined.  False: states cannot be determined, since windows,
 * acknowledgments or data are missing in the capture.
 */
bool limits_walk(const struct limits_input *in, limits_fn *fn, void *ctx);

/* Sum up the periods.  "out" is to be released. */
void limits_measure(const struct limits_input *in, struct limits *out);
void limits_release(struct limits *l);

/*
 * Why limits are unknown in a capture that was taken there: an identifier as
 * in summary.h.
 */
const char *limits_unknown_why(enum vantage vantage, enum direction d);

/*
 * The state that limited the transfer: the one with the most time, but "path"
 * only if no other one except "application" has at least a tenth.
 */
enum limit_state limits_main(const struct limits *l);

/* The culprit with the most time in a state; LIMIT_NOBODY: none. */
long limits_culprit(const struct limits *l, enum limit_state state);

#endif
