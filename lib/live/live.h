/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live.h - the connections of a capture that is still being made (mptcp-live,
 * mptcp-events --follow).
 *
 *	struct live *live = live_new(&options);
 *	live_take(live, &row);			// each packet
 *	live_look(live, now);      // as often as you like
 *	... live_connections(live, &n) ...
 *	live_end(live);
 *	live_free(live);
 *
 * The model is the one for complete captures (trace.h, account.h, timeline.h):
 * streams that may belong together keep their packets together, and are
 * modelled anew when there are new packets.  Old packets of a long connection
 * are accounted for and dropped (past.h), so memory does not grow and byte
 * counts stay exact: at the end they equal those of a command that reads the
 * whole capture.
 *
 * Times are those of the packets, ns since 1970.  Directions are by MPTCP
 * role.  One thread at a time may use a struct live.
 */
#ifndef LIVE_LIVE_H
#define LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "events/event.h"
#include "model/conn.h"
#include "model/trace.h"
#include "row/row.h"

struct live;

enum {
	LIVE_PACKETS = 1 << 20 /* default limit; about 100 MB */
};

/*
 * An event, told as soon as it is certain.  Pointers are valid during the
 * call.
 */
typedef void live_event_fn(void *ctx, const struct trace *trace,
			   const struct connection *conn,
			   const struct event *event);

struct live_connection;

/*
 * A connection that ended, or had no packets for long, and is about to be
 * forgotten.  Valid during the call.
 */
typedef void live_gone_fn(void *ctx, const struct live_connection *conn);

struct live_options {
	const char *path; /* the source, as info.path of traces, or NULL */
	int64_t keep;	  /* ns for which a connection is still shown after its
			     end */
	int64_t second;	  /* ns over which rates are averaged */
	uint64_t packets; /* maximum number of packets in memory; 0:
			     LIVE_PACKETS */
	unsigned threads;
	enum vantage captured_at; /* as trace.captured_at */
	live_event_fn *event;	  /* or NULL: events are not determined */
	live_gone_fn *gone;	  /* or NULL */
	void *ctx;		  /* argument of both */
};

/* One direction of a connection, or of a subflow. */
struct live_flow {
	struct byte_counts bytes; /* since the beginning, as in mptcp-summary */
	uint64_t packets;	  /* with or without payload */
	uint64_t lately;	  /* payload bytes in the last live_options
				     .second; the average over the time since
				     the last live_look() if that is longer */
	/* For subflows only: */
	bool has_flight;
	uint64_t flight; /* payload bytes not yet acknowledged by TCP */
	int64_t rtt;	 /* ns, median of recent samples; 0: unknown (see rtt.h
			    for where it can be measured) */
	bool backup;	 /* the latest backup flag from its sender */
	bool stalled;	 /* nothing in flight was acknowledged for longer than
			    flight_patience() */
	/* Private: bytes sent when "lately" was computed. */
	bool has_mark;
	int64_t mark_time;
	uint64_t mark_sent;
};

enum live_state {
	LIVE_OPENING, /* the handshake is not complete */
	LIVE_OPEN,
	LIVE_CLOSING, /* one side has sent FIN or DATA_FIN */
	LIVE_CLOSED   /* FIN from both sides, RST, FASTCLOSE, or refused */
};

struct live_subflow {
	const struct stream *stream; /* client and server are TCP roles; use
					only these, kind, end and flipped
					(opened by the MPTCP server) */
	const char *interface;	     /* of its first packet; "": unknown */
	enum live_state state;
	int64_t last_time; /* of its last packet */
	struct live_flow flow[2];
};

struct live_connection {
	uint64_t id; /* in the order of appearance, from 0 */
	/*
	 * State, version, cause, close, tokens, ends: see conn.h.  Its id,
	 * indices and bytes are not valid here.
	 */
	const struct connection *conn;
	enum live_state state;
	int64_t first_time, last_time;
	struct live_flow flow[2];      /* sums over subflows; unique bytes are
					  those of the connection */
	struct live_subflow *subflows; /* the initial one first */
	size_t n_subflows;
	bool is_partial;   /* its beginning was not captured */
	uint32_t *numbers; /* private: tcp_stream of the subflows */
};

/* Counts over everything since the start. */
struct live_totals {
	uint64_t connections; /* including forgotten ones */
	uint64_t gone;	      /* of these, forgotten */
	uint64_t bytes;	      /* payload sent in all of them, both directions */
	uint64_t other_streams; /* TCP streams without Multipath TCP */
	uint64_t left_out;	/* connections that are ignored due to sampling
				   (live_sample()) */
	uint64_t packets;	/* TCP packets received */
	uint64_t kept;		/* packets in memory */
};

struct live *live_new(const struct live_options *options);

/*
 * Tell when the capture began; times of events count from there
 * (info.first_time of their trace).
 */
void live_began(struct live *live, int64_t time);

/*
 * Add a TCP packet, roughly in order of time; row->stream must be set
 * (numbering.h).  -1: a limit of the packet table is reached.
 */
int live_take(struct live *live, const struct row *row, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Model the new packets as of time "now" (by the packets' clock; at least the
 * time of the last packet, unless that clock was set): calls the functions for
 * events and ended connections, and forgets old ones.
 */
void live_look(struct live *live, int64_t now);

/*
 * The same, however long that takes.  live_look() leaves connections as they
 * are for a while when they change faster than they can be modelled, which in a
 * capture that is read faster than it was made would be always.
 */
void live_look_at_all(struct live *live, int64_t now);

/* Call after the last packet: reports events that were held back. */
void live_end(struct live *live);

/* All current connections by id; valid until another function is called. */
const struct live_connection *live_connections(const struct live *live,
					       size_t *n);

void live_totals(const struct live *live, struct live_totals *out);

/*
 * From now on look only at every "of"-th connection (1: at all); those that
 * are looked at are complete.
 */
void live_sample(struct live *live, unsigned of);

void live_free(struct live *live);

#endif
