/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subflow.h - the frames of a subflow's handshake and end.
 *
 * Plain data; frames are Wireshark's numbers, 0 where there is none; packets
 * are indices in the trace, LEDGER_NO_PACKET where there is none.
 */
#ifndef CHECK_SUBFLOW_H
#define CHECK_SUBFLOW_H

#include <stdbool.h>

#include "check/context.h"

struct subflow_facts {
	const struct stream *stream;
	bool works;	    /* the handshake was done, and taken by both ends */
	uint32_t syns;	    /* packets */
	uint32_t join_acks; /* packets with the HMAC of the third ACK */
	uint32_t syn, synack;
	uint32_t syn_packet, synack_packet;
	uint32_t ack; /* the first with MP_CAPABLE or MP_JOIN behind the SYNs;
			 else the first behind them at all */
	uint32_t ack_packet;
	bool moved_on;	    /* the client sent more than that ACK */
	bool ack_is_plain;  /* it has no MPTCP option, and had room for one */
	uint32_t data[2];   /* first with payload, by TCP direction */
	uint32_t plain[2];  /* first with payload and no MPTCP option */
	uint32_t plain_syn; /* first SYN without MPTCP option, after one with */
	uint32_t plain_syn_packet;
	uint32_t rst; /* the first */
	uint32_t rst_packet;
	int rst_from;	      /* its sender: 0 client, 1 server (MPTCP roles) */
	int64_t rst_time;     /* ns since 1970 */
	bool rst_behind_ack;  /* it came after the third ACK ... */
	bool rst_answers_ack; /* ... and nothing of the client between */
};

/* Of the k-th subflow. */
void subflow_facts_find(const struct check_context *c, size_t k,
			struct subflow_facts *out);

/* SYN to SYN/ACK to ACK: a whole round trip, ns; 200 ms where not known. */
int64_t subflow_round_trip(const struct check_context *c, size_t k);

/* The reason in an RST, or NULL: it has no MP_TCPRST. */
const struct mptcp_option *subflow_reason(const struct check_context *c,
					  uint32_t packet,
					  struct tcp_options *room);

#endif
