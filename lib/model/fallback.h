/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fallback.h - whether a connection speaks Multipath TCP, and where and why it
 * went on as plain TCP (RFC 8684 3.1, 3.7).
 *
 * In the handshake: an MP_CAPABLE is missing, or has a flaw (effect.h).  Behind
 * it: an infinite mapping, or options that are not there any more:
 *
 * The tail of a side are its packets behind its last MPTCP option.  A packet
 * tells nothing where its options were not captured whole, or had no room for a
 * DATA_ACK; nor does a tail that begins with or behind a FIN.  A side is "lost"
 * when its tail has payload that no mapping covers; or, when the other side
 * speaks on, when it has acknowledged at least three times.
 * Both sides lost, or the other side silent since: options_lost.  The other
 * sends three packets with options although it acknowledges data without a
 * mapping, or a round trip is over: options_lost_one_way; behind an MP_FAIL
 * either is mp_fail.  Only on the initial subflow, and only when no other
 * subflow was there any more: elsewhere a subflow is reset, and nothing falls
 * back.
 */
#ifndef MODEL_FALLBACK_H
#define MODEL_FALLBACK_H

#include "model/trace.h"

/*
 * Set conn->state and conn->cause, and where the sides were lost.  The
 * connection has its subflows, and begins with the initial one.
 */
void fallback_judge(const struct trace *trace, struct connection *conn);

#endif
