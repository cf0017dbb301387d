/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fallback.h - determine whether a connection uses Multipath TCP, and where
 * and why it fell back to TCP (RFC 8684 3.1, 3.7).
 *
 * During the handshake: an MP_CAPABLE is missing or invalid (effect.h).
 * Later: an infinite mapping, or options that disappear:
 *
 * The tail of a side are its packets after its last MPTCP option.  Packets
 * whose options were truncated in the capture, or had no room for a DATA_ACK,
 * do not count; nor does a tail that begins at or after a FIN.  A side is
 * "lost" if its tail has payload that no mapping covers, or, while the other
 * side still sends options, if it has acknowledged at least three times.
 *
 * options_lost: both sides are lost, or the other side is silent since.
 * options_lost_one_way: the other side sends three packets with options
 * although it acknowledges data without a mapping, or a round-trip time has
 * passed.  After an MP_FAIL the cause is mp_fail in both cases.  This applies
 * only to the initial subflow, and only if no other subflow existed any more:
 * otherwise a subflow without options is reset instead of falling back.
 */
#ifndef MODEL_FALLBACK_H
#define MODEL_FALLBACK_H

#include "model/trace.h"

/*
 * Set conn->state, conn->cause and where the sides were lost.  The connection
 * must have its subflows, beginning with the initial one.
 */
void fallback_judge(const struct trace *trace, struct connection *conn);

#endif
