/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connections.h - from TCP streams to MPTCP connections.
 *
 * Initial subflows by MP_CAPABLE; joins by the token of their SYN, checked
 * against the HMACs where the keys are known, and by time; what is left by raw
 * 64-bit data sequence numbers (two random 64-bit numbers less than 2^31 apart
 * are no accident), by a common token, or by the same ports and initial
 * sequence number.
 */
#ifndef MODEL_CONNECTIONS_H
#define MODEL_CONNECTIONS_H

#include "model/trace.h"

/* Fill trace->connections from trace->streams. */
void connections_build(struct trace *trace);

/*
 * Sort them by first frame, which numbers them, and tell their streams.  Part
 * of connections_build().
 */
void connections_number(struct trace *trace);

/*
 * The first MP_FASTCLOSE of each TCP side of a subflow that counts: one with
 * the receiver's key, in a packet that the receiver had not acknowledged as old
 * (RFC 8684 3.5).  Packets of the trace; UINT32_MAX: none.
 */
void connection_fastcloses(const struct trace *trace,
			   const struct connection *conn,
			   const struct stream *subflow, uint32_t first[2]);

void connections_release(struct connection *connections, size_t n);

#endif
