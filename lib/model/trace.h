/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.h - the model of one capture: its packets, TCP streams and MPTCP
 * connections.
 *
 *	struct trace trace;
 *	trace_init(&trace, 1);
 *	... packets_append(&trace.packets, &row, &err) ...
 *	trace_build(&trace);
 *	for (size_t i = 0; i < trace.n_connections; i++)
 *		... trace.connections[i] ...
 *	trace_release(&trace);
 *
 * Bytes must be accounted separately (account.h).  Commands get their trace
 * from a session (session.h).  The trace owns everything in it, unless noted.
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdbool.h>

#include "model/conn.h"
#include "model/packets.h"
#include "row/capture_info.h"

enum {
	TRACE_MANY = 10000 /* packets that make another thread worthwhile */
};

struct seats;
struct past;

struct trace {
	struct capture_info info;
	struct packets packets;
	uint32_t *order;	/* packet indices, grouped by stream, each
				   group in order of time */
	struct stream *streams; /* in order of tcp_stream */
	size_t n_streams;
	struct connection *connections; /* in order of id */
	size_t n_connections;
	bool keep_copies; /* count every captured copy of a packet (copies.h,
			     duplicate.h) */
	/* given by the user; VANTAGE_UNKNOWN: determine it */
	enum vantage captured_at;
	const uint64_t *capacity; /* by stream: capacity of its path in bit/s
				     given by the user, 0: none; or NULL;
				     borrowed */
	struct seats *seats;	  /* evidence for vantage.h */
	const struct past *past;  /* dropped packets, while a capture is still
				     being made; or NULL; borrowed */
	bool goes_on;	  /* the capture is still being made: results that
			     depend on its end are left open */
	bool accounted;	  /* bytes of all connections are known (account.h) */
	unsigned threads; /* maximum number of threads; 0: one */
};

/* An empty trace, for at most this many threads. */
void trace_init(struct trace *trace, unsigned threads);
void trace_release(struct trace *trace);

/* The number of threads that is worthwhile for this trace. */
unsigned trace_threads(const struct trace *trace);

/* Build the model from trace->packets, which are sorted first. */
void trace_build(struct trace *trace);

/*
 * A sentence for a trace without MPTCP connections: "no Multipath TCP in this
 * capture", or that this cannot be told.  The caller frees it.
 */
char *trace_absence(const struct trace *trace);

/* The k-th subflow of a connection. */
static inline struct stream *trace_subflow(const struct trace *trace,
					   const struct connection *conn,
					   size_t k)
{
	return &trace->streams[conn->subflows[k]];
}

/* trace.capacity of a stream; 0: not given. */
static inline uint64_t trace_capacity(const struct trace *trace,
				      const struct stream *stream)
{
	return trace->capacity ? trace->capacity[stream - trace->streams] : 0;
}

/*
 * Move packets of a stream with this mark behind its other packets, and remove
 * them from stream->n; returns their number.  Both parts keep their order.
 */
size_t trace_set_apart(struct trace *trace, struct stream *stream,
		       enum packet_mark mark);

/* The number of packets of a connection, even if they are not in memory. */
size_t trace_connection_packets(const struct trace *trace,
				const struct connection *conn);

/* The stream with Wireshark's number "tcp_stream", or NULL. */
const struct stream *trace_find_stream(const struct trace *trace,
				       uint32_t tcp_stream);

/*
 * The Wireshark display filter for exactly this connection: "tcp.stream in
 * {0,1,2}".  The caller frees it.
 */
char *trace_filter(const struct trace *trace, const struct connection *conn);

#endif
