/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connections.h - assign TCP streams to MPTCP connections.
 *
 * MP_CAPABLE identifies initial subflows.  Joins are assigned by the token in
 * their SYN and by time, and checked against their HMACs if the keys are
 * known.  The remaining subflows are assigned by raw 64-bit data sequence
 * numbers (random 64-bit numbers less than 2^31 apart are no coincidence), by
 * a common token, or by equal ports and initial sequence numbers.
 */
#ifndef MODEL_CONNECTIONS_H
#define MODEL_CONNECTIONS_H

#include "model/trace.h"

/* Create trace->connections from trace->streams. */
void connections_build(struct trace *trace);

/*
 * Sort connections by first frame, number them, and set stream->connection.
 * Part of connections_build().
 */
void connections_number(struct trace *trace);

/*
 * For each TCP side of a subflow the first valid MP_FASTCLOSE: with the
 * receiver's key, in a packet that the receiver had not yet acknowledged (RFC
 * 8684 3.5).  Packet indices in the trace; UINT32_MAX: none.
 */
void connection_fastcloses(const struct trace *trace,
			   const struct connection *conn,
			   const struct stream *subflow, uint32_t first[2]);

/* The subflow that was in use longest; NULL: the connection has none. */
const struct stream *connection_last(const struct trace *trace,
				     const struct connection *conn);

void connections_release(struct connection *connections, size_t n);

#endif
