/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcpsummary.h - results for one TCP stream, whether it is a subflow or plain
 * TCP.
 *
 *	struct tcp_summary s;
 *	tcp_summarize(&trace, &trace.streams[0], &s);
 *	tcp_summary_release(&s);
 *
 * Positions: the first byte of the stream is 1; if the ISN is unknown, the
 * lowest byte that was captured.
 */
#ifndef MODEL_TCPSUMMARY_H
#define MODEL_TCPSUMMARY_H

#include <stdbool.h>

#include "model/coverage.h"
#include "model/rtt.h"
#include "model/trace.h"

/* Beginning and end in a capture, ns since 1970. */
struct period {
	bool known;
	int64_t from, to;
};

/* Extend the period to include a time. */
void period_add(struct period *period, int64_t time);

struct tcp_direction {
	uint64_t packets;	     /* all */
	uint64_t data_packets;	     /* with payload */
	uint64_t duplicated_packets; /* copies made by the network, which are in
					no other count (duplicate.h), */
	uint64_t duplicated_bytes;   /* and their payload */
	uint64_t sent; /* payload bytes; distinct ones are coverage.bytes */
	uint64_t retransmitted_packets; /* with a byte that was sent before */
	struct coverage coverage;
	bool has_acked;
	uint64_t acked; /* bytes acknowledged by the other side, without FIN */
	struct period all, data; /* of all packets; of those with payload */
	struct rtt rtt;
	uint64_t delivery_rate; /* bit/s (delivery_rate.h); 0: unknown */
};

struct tcp_summary {
	const struct stream *stream;
	struct tcp_direction direction[2]; /* by TCP role: [TO_SERVER] was sent
					      by the TCP client */
};

void tcp_summarize(const struct trace *trace, const struct stream *stream,
		   struct tcp_summary *out);
void tcp_summary_release(struct tcp_summary *s);

#endif
