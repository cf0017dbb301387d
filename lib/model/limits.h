/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.h - where the time of a transfer went: what limited it.
 *
 * One direction of a connection, in the capture of its sender.  Each nanosecond
 * from the first to the last packet with payload belongs to one state, so that
 * these add up to that time exactly.  With S the highest data byte sent, A the
 * highest DATA_ACK, and W the end of the receive window (RFC 8684 3.3.1: one
 * window for all subflows), the state is the first that holds:
 *
 * - starting: nothing was acknowledged yet
 * - outage: all subflows are stalled
 * - receive_window: S is less than an MSS below W
 * - application: all that was sent is acknowledged, and no subflow that is not
 *   stalled repeats any of it
 * - send_buffer: a usable subflow is idle, S stood still for longer than its
 *   round trip time, until within 10 ms of a DATA_ACK, or for good while data
 *   below it was still to be sent: the sender had no room for more, or no more
 * - idle_path: a usable subflow is idle, and the others go on
 * - recovery: data is outstanding, and no DATA_ACK moved for longer than 3
 * round trip times and than 200 ms
 * - stalled_path: a subflow that is no backup is stalled, others go on
 * - path: the rest: all usable subflows are busy
 *
 * A subflow is stalled as flight.h has it; usable when it is established, no
 * backup (or all are), and not stalled; idle when it had nothing under way for
 * longer than its round trip time.
 *
 * The culprit is the subflow that sent byte A first, the lowest one that is not
 * acknowledged, wherever in the capture that is: the others wait for it.  Where
 * the receiver's capture tells when data arrived it is the lowest byte that had
 * not arrived, unless all that was sent had.  What a subflow is to send first,
 * but below what it had sent itself, it takes over: until it is sent it is the
 * other subflow, if there is but one.  Where all is
 * acknowledged and the window is full it is the application that does not read;
 * of idle_path and stalled_path it is the subflow that is idle, or stalled.
 *
 * After "T-RAT" (Zhang, Breslau, Paxson, Shenker, SIGCOMM 2002) and the
 * critical path of Barford and Crovella (SIGCOMM 2000).
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

/* "starting", "outage", ...: json.md's words. */
const char *limit_state_name(enum limit_state state);

enum {
	LIMIT_NOBODY = -1, /* no culprit in this state */
	LIMIT_READER = -2  /* the application that does not read */
};

/* A time in one state. */
struct limit_span {
	int64_t from, to; /* ns since 1970 */
	enum limit_state state;
	long culprit;	/* subflow, LIMIT_NOBODY or LIMIT_READER */
	bool is_spare;	/* idle_path: there was no data for the subflow, for all
			   that was sent was acknowledged before more came */
	int64_t window; /* bytes that the receiver offered, W - A */
};

struct limits {
	bool known;		    /* else nothing here is */
	int64_t time[LIMIT_STATES]; /* ns */
	int64_t duration;	    /* their sum */
	int64_t spare; /* of idle_path: the application had no more data */
	int64_t *held[LIMIT_STATES]; /* by culprit: [subflow], and the reader
					behind them; NULL: nobody's; owned */
	size_t n_subflows;
	int64_t window;	  /* bytes: the largest that was full; 0: none was */
	int64_t *outages; /* from, to, from, to, ...; ns since 1970; owned */
	size_t n_outages, cap_outages; /* of these numbers */
};

/* From a time on the receiver has all data below a position. */
struct limit_arrival {
	int64_t time; /* ns since 1970, by the clock of the sender's capture */
	int64_t next; /* as in the sender's ledger */
};

struct limit_arrivals {
	struct limit_arrival *items; /* in order of both; owned */
	size_t n, cap;
};

struct limits_input {
	const struct trace *trace;
	const struct connection *conn;
	const struct ledger *ledger;
	const struct tcp_summary *tcp; /* of the subflows: round trip times */
	enum direction direction;
	const struct limit_arrivals *arrivals; /* or NULL: not known */
};

typedef void limits_fn(void *ctx, const struct limit_span *span);

/*
 * Tell each time, in order, those of one state and culprit that follow each
 * other as one. False: it cannot be told, for windows, or some acknowledgments
 * or data, were not captured.
 */
bool limits_walk(const struct limits_input *in, limits_fn *fn, void *ctx);

/* The sums. To be released. */
void limits_measure(const struct limits_input *in, struct limits *out);
void limits_release(struct limits *l);

/* Why they are not known, of a capture that was taken there: a word, as
   summary.h has them. */
const char *limits_unknown_why(enum vantage vantage, enum direction d);

/* The state that limited it: the one with the most time, but "path" only where
   no other one than "application" has a tenth. */
enum limit_state limits_main(const struct limits *l);

/* Who held a state up for the longest time; LIMIT_NOBODY: nobody. */
long limits_culprit(const struct limits *l, enum limit_state state);

#endif
