/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcpsummary.h - the numbers of one TCP stream, subflow of MPTCP or not.
 *
 *	struct tcp_summary s;
 *	tcp_summarize(&trace, &trace.streams[0], &s);
 *	tcp_summary_release(&s);
 *
 * Positions: the first byte of the stream is 1; where the ISN is not known,
 * the lowest byte that was captured.
 */
#ifndef MODEL_TCPSUMMARY_H
#define MODEL_TCPSUMMARY_H

#include <stdbool.h>

#include "model/coverage.h"
#include "model/rtt.h"
#include "model/trace.h"

/* Begin and end of something in a capture, ns since 1970. */
struct period {
	bool known;
	int64_t from, to;
};

void period_add(struct period *period, int64_t time);

struct tcp_direction {
	uint64_t packets;	     /* all */
	uint64_t data_packets;	     /* with payload */
	uint64_t duplicated_packets; /* copies that the network made, which no
					other number counts (duplicate.h), */
	uint64_t duplicated_bytes;   /* and their payload */
	uint64_t sent;		     /* payload bytes; unique: coverage.bytes */
	uint64_t retransmitted_packets; /* with a byte that was sent before */
	struct coverage coverage;
	bool has_acked;
	uint64_t acked; /* bytes that the other side acknowledged, no FIN */
	struct period all, data; /* packets; those with payload */
	struct rtt rtt;
	uint64_t delivery_rate; /* bit/s (delivery_rate.h); 0: not known */
};

struct tcp_summary {
	const struct stream *stream;
	struct tcp_direction direction[2]; /* by TCP role: [TO_SERVER] is what
					      the TCP client sent */
};

void tcp_summarize(const struct trace *trace, const struct stream *stream,
		   struct tcp_summary *out);
void tcp_summary_release(struct tcp_summary *s);

#endif
