/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.h - one capture, understood: its packets, streams and connections.
 *
 *	struct trace trace;
 *	trace_init(&trace, 1);
 *	... packets_append(&trace.packets, &row, &err) ...
 *	trace_build(&trace);
 *	for (size_t i = 0; i < trace.n_connections; i++)
 *		... trace.connections[i] ...
 *	trace_release(&trace);
 *
 * Bytes may not be counted yet: account.h does that.  Commands get theirs from
 * a session (session.h).  The trace owns everything in it.
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdbool.h>

#include "model/conn.h"
#include "model/packets.h"
#include "row/capture_info.h"

enum {
	TRACE_MANY = 10000 /* packets: worth a thread of their own */
};

struct seats;

struct trace {
	struct capture_info info;
	struct packets packets;
	uint32_t *order;	/* packet indices, grouped by stream, each
				   group in order of time */
	struct stream *streams; /* in order of tcp_stream */
	size_t n_streams;
	struct connection *connections; /* in order of id */
	size_t n_connections;
	bool keep_copies; /* each that was captured is a packet of its own
			     (copies.h, duplicate.h) */
	enum vantage captured_at; /* as the user says; unknown: by its signs */
	const uint64_t *capacity; /* by stream, bit/s that its path carries, as
				     the user says, 0: not said; or NULL;
				     borrowed */
	struct seats *seats;	  /* those signs (vantage.h) */
	bool accounted;	  /* the bytes of all connections are (account.h) */
	unsigned threads; /* that may work on it at a time; 0: one */
};

/* An empty one, on which so many threads may work at a time. */
void trace_init(struct trace *trace, unsigned threads);
void trace_release(struct trace *trace);

/* How many threads are worth while for it. */
unsigned trace_threads(const struct trace *trace);

/* Model the packets that are in trace->packets (unsorted as appended). */
void trace_build(struct trace *trace);

/*
 * That the trace has no Multipath TCP connection, for people, to be freed by
 * the caller: "no Multipath TCP in this capture", or that this cannot be told.
 */
char *trace_absence(const struct trace *trace);

/* The k-th subflow of a connection. */
static inline struct stream *trace_subflow(const struct trace *trace,
					   const struct connection *conn,
					   size_t k)
{
	return &trace->streams[conn->subflows[k]];
}

/* trace.capacity of a stream; 0: not said. */
static inline uint64_t trace_capacity(const struct trace *trace,
				      const struct stream *stream)
{
	return trace->capacity ? trace->capacity[stream - trace->streams] : 0;
}

/*
 * Move the packets of a stream that have a mark behind its others, and leave
 * them out of stream->n; returns how many.  Both parts keep their order.
 */
size_t trace_set_apart(struct trace *trace, struct stream *stream,
		       enum packet_mark mark);

/* How many packets a connection has, whether they are in the table or not. */
size_t trace_connection_packets(const struct trace *trace,
				const struct connection *conn);

/* The stream with Wireshark's number "tcp_stream", or NULL. */
const struct stream *trace_find_stream(const struct trace *trace,
				       uint32_t tcp_stream);

/*
 * The display filter that shows exactly this connection in Wireshark, to be
 * freed by the caller: "tcp.stream in {0,1,2}".
 */
char *trace_filter(const struct trace *trace, const struct connection *conn);

#endif
