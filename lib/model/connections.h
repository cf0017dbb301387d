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

void connections_release(struct connection *connections, size_t n);

#endif
