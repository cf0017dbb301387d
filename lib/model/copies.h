/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copies.h - one packet that was captured at more than one point.
 *
 * A router sees a packet come and go, a host with a tunnel or a VLAN sees it
 * inside and outside, a bridge at each of its ports: a capture of several
 * interfaces, or of "any", has it as often.  It was sent once.
 *
 * A point is an interface, a TTL (IPv6: hop limit), and, where "any" noted it,
 * whether the packet came there or was sent.  Two packets of a stream
 * are copies when all that TCP says of them is the same (numbers, length,
 * flags, window, and the bytes of all options, of a SYN without the options,
 * which routers may change), the IP id too, they were captured at different
 * points, and no retransmission can be the same:
 *   - each packet of that sender has another IP id, or they have a timestamp
 *     (RFC 7323; a SYN's has to be the same) and another TTL: both are closer
 *     than 5 s.  A router's queue may be long, and a SYN may wait for the
 *     address of the next hop.
 *   - else they are closer than 2 ms.
 * Packets that were repeated pass the same points again: each copy belongs to
 * the oldest packet that was not yet seen at its point.
 *
 * What was cut or joined between two points: copy_pieces.h.
 *
 * Where points cannot be told apart (the ports of a bridge in one file that
 * does not say so: one interface, one TTL) packets within 2 ms are copies when
 * nine of ten are there twice or more, in each direction that there is: a
 * network that duplicates packets (duplicate.h) does so with some, and one way.
 *
 * The copy that counts is the first one; but of what the end sends at which the
 * capture was taken, the last one: there it left.  Which end that is says the
 * handshake: its answer took less than a tenth of the other's.  A copy whose
 * options were cut short counts only where all were.
 */
#ifndef MODEL_COPIES_H
#define MODEL_COPIES_H

#include "model/trace.h"

/*
 * Mark the copies that do not count (PACKET_COPY), and move them behind the
 * other packets of the stream in trace->order: stream->n leaves n_copies to
 * them, in no order; stream->copied_on gets the interfaces, and is_forwarded.
 * What is left stays in order of time.  O(n).
 */
void copies_set_apart(struct trace *trace, struct stream *stream);

/*
 * Is packet b of one raw stream the same as packet a of another, whose
 * addresses or ports were rewritten between two points (masquerading)?  Only
 * where chance is out of the question: the same timestamps, or the same
 * Multipath TCP options, at two points, less than 5 s apart.
 */
bool copies_is_renamed(const struct packets *packets, uint32_t a, uint32_t b);

/*
 * How often packets were captured, for people: "each packet was captured twice
 * (on c1 and vxlan0): counted once"; "nearly every packet" where that is so of
 * 19 of 20, else "120 of 200 packets were"; "more than once" where not all of
 * them as often.  NULL where none was captured more than once.  To be freed by
 * the caller.
 */
char *copies_describe(const struct trace *trace);

/* Packets that were left out. */
uint64_t copies_count(const struct trace *trace);

#endif
