/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtt.h - round-trip times of a TCP stream, as seen where it was captured.
 *
 * Measured from a packet of one side to the other side's answer.  For captures
 * at the sender this is the round-trip time; elsewhere only the part beyond
 * the point of capture, which is not shown to users (vantage.h).
 *
 * Handshake: SYN to SYN/ACK, and SYN/ACK to the ACK that answers it, from the
 * last request sent before the answer.  If there were several requests, there
 * is a value only if the answer echoes the timestamp (TSecr, RFC 7323) of that
 * last one and of no other.  The timestamp of an earlier one proves nothing:
 * hosts repeat a SYN/ACK with the timestamp of the first SYN they received,
 * and answer a repeated SYN/ACK with that of the first one, so any later
 * request may be the one answered.  Copies of one request (same numbers,
 * timestamps and IP id, within 200 ms, sooner than any host retransmits) count
 * as one, the first.
 *
 * Data: at most one sample for each acknowledgment that acknowledges something
 * new: from a packet that it acknowledges completely for the first time, or
 * from the one that it acknowledges partly, if no byte of that was sent twice.
 * With timestamps: the last packet whose TSval it echoes; none if it echoes
 * two copies of the same bytes.  Without: the packet that ends highest; none
 * if one of the packets was a retransmission or was retransmitted (Karn and
 * Partridge, SIGCOMM 1987).  Timestamps are used for a side if at least a
 * quarter of its acknowledgments echo a packet that they acknowledge, as some
 * stacks echo other values.
 *
 * Partly acknowledged: with segmentation offload a packet of up to 64 kB
 * leaves the host at once, with one timestamp, and is split after the point of
 * capture; its receiver acknowledges about every second piece.  Each of these
 * acknowledgments is a sample for the newest byte it acknowledges, as it would
 * be without offload and as Linux measures (tcp_clean_rtx_queue()).  Using
 * only the last one would miss most samples when windows are large.  The start
 * time is that of the packet, so a sample includes the time that bytes waited
 * behind others of the same packet.
 */
#ifndef MODEL_RTT_H
#define MODEL_RTT_H

#include <stdbool.h>

#include "model/distribution.h"
#include "model/trace.h"

struct rtt {
	bool has_handshake;
	int64_t handshake;	  /* ns */
	struct distribution data; /* ns */
};

/* By TCP direction: out[TO_SERVER] is for packets sent by the TCP client. */
void rtt_measure(const struct trace *trace, const struct stream *stream,
		 struct rtt out[2]);

/* The same for its first "n" packets only. */
void rtt_measure_first(const struct trace *trace, const struct stream *stream,
		       size_t n, struct rtt out[2]);

/*
 * Upper limit for round-trip times, ns; longer ones are due to a clock that
 * was set.
 */
#define RTT_LONGEST ((int64_t)1 << 58)

/*
 * The median of data samples, else the handshake's, in ns, at most
 * RTT_LONGEST; 0: unknown.
 */
static inline int64_t rtt_typical(const struct rtt *rtt)
{
	const int64_t time = rtt->data.n	  ? rtt->data.p50
			     : rtt->has_handshake ? rtt->handshake
						  : 0;

	return time > RTT_LONGEST ? RTT_LONGEST : time;
}

/* The single data samples in order of time. */
struct rtt_series {
	struct samples rtt; /* ns */
	struct samples at;  /* time of the acknowledgment, ns since 1970 */
};

/* By TCP direction as above; both are to be released. */
void rtt_follow(const struct trace *trace, const struct stream *stream,
		struct rtt_series out[2]);
void rtt_series_release(struct rtt_series *s);

#endif
