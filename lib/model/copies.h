/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copies.h - recognise packets that were captured at several points, and count
 * each once.
 *
 * A router sees a packet on two interfaces, a host with a tunnel or VLAN sees
 * it inside and outside, a bridge on each port.  A capture of several
 * interfaces, or of "any", then contains it several times although it was sent
 * once.
 *
 * A point of capture is an interface, a TTL (IPv6: hop limit) and, if "any"
 * recorded it, whether the packet arrived or was sent there.  Two packets of a
 * stream are copies if all TCP fields are equal (numbers, length, flags,
 * window, the bytes of all options; for a SYN without the options, which
 * routers may change) and the IP id too, they were captured at different
 * points, and neither can be a retransmission:
 * - each packet of that sender has a different IP id, or they have a timestamp
 *   (RFC 7323; required to be equal for a SYN, too) and different TTLs: then
 *   they must be less than 5 s apart, since a router's queue may be long, and
 *   a SYN may wait for address resolution of the next hop;
 * - otherwise they must be less than 2 ms apart.
 *
 * Retransmitted packets pass the same points again: each copy is assigned to
 * the oldest packet that was not yet seen at its point.
 *
 * Packets that were split or merged between two points: see copy_pieces.h.
 *
 * If points cannot be distinguished (ports of a bridge in a file that does not
 * record them: one interface, one TTL), packets within 2 ms are copies if nine
 * of ten packets occur at least twice, in each direction present.  A network
 * that duplicates packets (duplicate.h) does that to some of them, and in one
 * direction.
 *
 * The first copy is the one that counts; but of packets sent by the end at
 * which the capture was taken, the last one, which is when it left the host.
 * Which end that is follows from the handshake: its answer took less than a
 * tenth of the other's.  A copy with truncated options counts only if all have
 * truncated options.
 */
#ifndef MODEL_COPIES_H
#define MODEL_COPIES_H

#include "model/trace.h"

/*
 * Mark copies that do not count (PACKET_COPY) and move them behind the other
 * packets of the stream in trace->order: they are removed from stream->n and
 * counted in n_copies, in no particular order.  Also sets copied_on and
 * is_forwarded.  The other packets stay in order of time.  O(n).
 */
void copies_set_apart(struct trace *trace, struct stream *stream);

/*
 * Whether packet b of one raw stream is the same as packet a of another one
 * whose addresses or ports were rewritten between two points (NAT).  Requires
 * evidence that cannot be a coincidence: the same timestamps or MPTCP options,
 * at two points, less than 5 s apart.
 */
bool copies_is_renamed(const struct packets *packets, uint32_t a, uint32_t b);

/*
 * A sentence on how often packets were captured: "each packet was captured
 * twice (on c1 and vxlan0): counted once"; "nearly every packet" for at least
 * 19 of 20, else "120 of 200 packets were"; "more than once" if the number
 * varies.  NULL: none was captured more than once.  The caller frees it.
 */
char *copies_describe(const struct trace *trace);

/* The number of packets that do not count. */
uint64_t copies_count(const struct trace *trace);

#endif
