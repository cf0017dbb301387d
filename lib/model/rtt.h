/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtt.h - round trip times of a TCP stream, from where it was captured.
 *
 * From a packet of one side to the other side's answer to it.  Captured at the
 * sender that is the round trip time; elsewhere it is only the part of it
 * beyond the capturing machine, which is not for output: vantage.h.
 *
 * Handshake: SYN to SYN/ACK, and SYN/ACK to the ACK that answers it, from the
 * last request that was sent before the answer.  Where it was not the only one,
 * there is a value only if the answer echoes its timestamp (TSecr, RFC 7323),
 * and that of no other.  The timestamp of an earlier one proves nothing: hosts
 * repeat a SYN/ACK with that of the first SYN that they got, and answer a
 * repeated SYN/ACK with that of the first one; so each request from that one on
 * can be what is answered.  Copies of one request (same numbers, timestamps and
 * IP id, within 200 ms, sooner than any host repeats one) are one request, the
 * first.
 *
 * Data: one sample at most per acknowledgment that acknowledges something new,
 * from one of the packets that it acknowledges whole for the first time, or
 * from the one that it acknowledges in part, if no byte of that was sent twice.
 * With timestamps: the last one whose TSval it echoes; none when it echoes two
 * copies of the same bytes.  Without: the one that ends highest; none when one
 * of those packets was a repetition, or was repeated (Karn and Partridge,
 * SIGCOMM 1987).  Timestamps count for a side when at least a quarter of its
 * acknowledgments echo a packet that they acknowledge; there are stacks that
 * put something else there.
 *
 * In part: with segmentation offload a packet of up to 64 kB leaves the host at
 * once, with one timestamp, and is cut below the capture; its receiver
 * acknowledges every second piece or so.  Each of these acknowledgments is a
 * sample, of the newest byte that it acknowledges, as it would be without
 * offload and as Linux measures (tcp_clean_rtx_queue()).  Only the last could
 * be used otherwise, which would leave out the most when windows are large.
 * The time is that of the packet, when its first byte could leave: a sample
 * includes what the bytes waited behind those of the same packet.
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

/* By TCP direction: out[TO_SERVER] is of what the TCP client sent. */
void rtt_measure(const struct trace *trace, const struct stream *stream,
		 struct rtt out[2]);

/* The same of its first "n" packets only. */
void rtt_measure_first(const struct trace *trace, const struct stream *stream,
		       size_t n, struct rtt out[2]);

/* No round trip is longer, ns: a clock was set while it was measured. */
#define RTT_LONGEST ((int64_t)1 << 58)

/* The median of data, else that of the handshake, ns, at most RTT_LONGEST; 0:
   neither is known. */
static inline int64_t rtt_typical(const struct rtt *rtt)
{
	const int64_t time = rtt->data.n	  ? rtt->data.p50
			     : rtt->has_handshake ? rtt->handshake
						  : 0;

	return time > RTT_LONGEST ? RTT_LONGEST : time;
}

/* The samples of data one by one, in order of time. */
struct rtt_series {
	struct samples rtt; /* ns */
	struct samples at;  /* when the acknowledgment came, ns since 1970 */
};

/* "out" as above; both are to be released. */
void rtt_follow(const struct trace *trace, const struct stream *stream,
		struct rtt_series out[2]);
void rtt_series_release(struct rtt_series *s);

#endif
