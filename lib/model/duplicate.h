/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duplicate.h - packets that the network delivered more than once.
 *
 * A network may deliver a packet twice (RFC 5560).  Its sender sent it once:
 * the copy is no retransmission, and its bytes are no bytes that were sent.
 * A packet is a copy of an earlier one of the same stream, direction and
 * interface when everything that TCP and its options say is the same (sequence
 * and acknowledgment number, length, flags, window, the bytes of all options),
 * and no retransmission could be the same:
 *   - the IP id is the same, and its sender gives each packet another one; and
 *     both are closer than 1 s, after which a SYN is sent again (RFC 6298).
 *     Without timestamps they must be closer than any retransmission: less than
 *     a round trip, and than 200 ms, the least time-out in use.
 *   - there is no such IP id (IPv6; always 0): only of packets with payload and
 *     a timestamp, which would have another one if they were sent again a round
 *     trip later; so the round trip must be known, from the handshake, to be
 *     longer than 10 ms, a tick of the slowest clocks that are common (RFC 7323
 *     section 5.4 wants 1 ms to 1 s), and the copy must be closer than half of
 *     it.
 * Copies which were captured at another point are another matter: copies.h.
 */
#ifndef MODEL_DUPLICATE_H
#define MODEL_DUPLICATE_H

#include "model/trace.h"

/*
 * Mark the copies of a stream (PACKET_DUPLICATE), and move them behind its
 * other packets in trace->order: stream->n leaves n_duplicates to them.  Both
 * parts stay in order of time.  O(n).
 */
void duplicates_set_apart(struct trace *trace, struct stream *stream);

#endif
