/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duplicate.h - recognise copies of packets that the network made (RFC 5560).
 *
 * The sender sent such a packet once: the copy is no retransmission, and its
 * bytes do not count as sent.  A packet is a copy of an earlier one of the
 * same stream, direction and interface if all TCP fields and options are equal
 * (sequence and acknowledgment number, length, flags, window, the bytes of all
 * options), and if a retransmission would look different:
 * - the IP id is the same, while the sender gives each packet a different one,
 *   and both are less than 1 s apart, after which a SYN is sent again (RFC
 *   6298).  Without timestamps they must be closer than any retransmission:
 *   less than a round-trip time, and than 200 ms, the smallest time-out in
 *   use;
 * - without a usable IP id (IPv6; always 0): only packets with payload and a
 *   timestamp, which would be different after a round-trip time.  So the
 *   round-trip time must be known from the handshake to be longer than 10 ms,
 *   the tick of the slowest common timestamp clocks (RFC 7323 section 5.4 asks
 *   for 1 ms to 1 s), and the copy must arrive within half of it.
 *
 * Copies that were captured at another point are handled by copies.h.
 */
#ifndef MODEL_DUPLICATE_H
#define MODEL_DUPLICATE_H

#include "model/trace.h"

/*
 * Mark the copies of a stream (PACKET_DUPLICATE) and move them behind its
 * other packets in trace->order: they are removed from stream->n and counted
 * in n_duplicates.  Both parts stay in order of time.  O(n).
 */
void duplicates_set_apart(struct trace *trace, struct stream *stream);

#endif
