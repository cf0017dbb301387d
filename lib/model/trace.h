/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.h - one capture, read and understood.
 *
 *	struct trace trace;
 *	if (trace_load(&trace, &input, "x.pcapng", &err) < 0) ...
 *	for (size_t i = 0; i < trace.n_connections; i++)
 *		... trace.connections[i] ...
 *	trace_release(&trace);
 *
 * Bytes may not be counted yet: account.h does that.
 * The trace owns everything in it.
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include "input/capture.h"
#include "model/conn.h"
#include "model/packets.h"

struct trace {
	struct capture_info info;
	struct packets packets;
	uint32_t *order;	/* packet indices, grouped by stream, each
				   group in order of time */
	struct stream *streams; /* in order of tcp_stream */
	size_t n_streams;
	struct connection *connections; /* in order of id */
	size_t n_connections;
	int accounted;	  /* the bytes of all connections are (account.h) */
	unsigned threads; /* that may work on it at a time; 0: one */
};

/* An empty one.  NULL: no more threads than one. */
void trace_init(struct trace *trace, const struct input *input);

/* How many threads are worth while for it. */
unsigned trace_threads(const struct trace *trace);

int trace_load(struct trace *trace, struct input *input, const char *path,
	       struct error *err) __attribute__((warn_unused_result));

/*
 * The streams and connections as they were stored when the capture was read
 * before, with their bytes and without packets: 1, or 0 when they were not.
 * trace_load_rows() adds the packets of the TCP streams with these numbers
 * (ascending; NULL: of all): 1; 0 when they are not stored, and the trace is
 * only to be released; -1.
 */
int trace_load_listing(struct trace *trace, struct input *input,
		       const char *path) __attribute__((warn_unused_result));
int trace_load_rows(struct trace *trace, struct input *input,
		    const uint32_t *streams, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The same from rows that are open (cache.h), for a trace that has no packets.
 * 0: the rows are damaged, or not those of the streams.
 */
struct cache_rows;
int trace_take_rows(struct trace *trace, const struct cache_rows *rows,
		    const uint32_t *streams, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Two captures at the same time.  0 when both were read; else what was read is
 * released, and the error is that of the first that was not.
 */
int trace_load_two(struct trace trace[2], struct input *input,
		   const char *const path[2], struct error *err)
	__attribute__((warn_unused_result));
void trace_release(struct trace *trace);

/*
 * Keep streams and connections for trace_load_listing(), where the cache has
 * the rows.  Counts their bytes.
 */
void trace_store(struct trace *trace, struct input *input);

/* Model the packets that are in trace->packets (unsorted as appended). */
void trace_build(struct trace *trace);

/*
 * That the trace has no Multipath TCP connection, for people, to be freed by
 * the caller: "no Multipath TCP in this capture", or that this cannot be told.
 */
char *trace_absence(const struct trace *trace);

/* The stream with Wireshark's number "tcp_stream", or NULL. */
const struct stream *trace_find_stream(const struct trace *trace,
				       uint32_t tcp_stream);

/*
 * The display filter that shows exactly this connection in Wireshark, to be
 * freed by the caller: "tcp.stream in {0,1,2}".
 */
char *trace_filter(const struct trace *trace, const struct connection *conn);

#endif
