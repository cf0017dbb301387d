/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtt.h - round trip times of a TCP stream, from where it was captured.
 *
 * From a packet of one side to the other side's answer to it.  Captured at the
 * sender that is the round trip time; elsewhere it is only the part of it
 * beyond the capturing machine.
 *
 * Handshake: SYN to SYN/ACK, and SYN/ACK to the ACK that answers it.  Where the
 * request was captured more than once before the answer, the answer's timestamp
 * (TSecr, RFC 7323) tells which copy it is for; else there is no value.
 *
 * Data: one sample at most per acknowledgment that acknowledges something new,
 * from one of the packets that it acknowledges whole for the first time.
 * With timestamps: the last one whose TSval it echoes; none when it echoes two
 * copies of the same bytes.  Without: the one that ends highest; none when one
 * of those packets was a repetition, or was repeated (Karn and Partridge,
 * SIGCOMM 1987).  Timestamps count for a side when at least a quarter of its
 * acknowledgments echo a packet that they acknowledge; there are stacks that
 * put something else there.
 */
#ifndef MODEL_RTT_H
#define MODEL_RTT_H

#include "model/distribution.h"
#include "model/trace.h"

struct rtt {
	int has_handshake;
	int64_t handshake;	  /* ns */
	struct distribution data; /* ns */
};

/* By TCP direction: out[TO_SERVER] is of what the TCP client sent. */
void rtt_measure(const struct trace *trace, const struct stream *stream,
		 struct rtt out[2]);

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
