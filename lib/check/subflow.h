/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subflow.h - facts about a subflow's handshake and end.
 *
 * The struct owns nothing.  Frames are numbers as in Wireshark, 0: none;
 * packets are indices in the trace, LEDGER_NO_PACKET: none.
 */
#ifndef CHECK_SUBFLOW_H
#define CHECK_SUBFLOW_H

#include <stdbool.h>

#include "check/context.h"

struct subflow_facts {
	const struct stream *stream;
	bool works; /* the handshake was completed and accepted by both ends */
	uint32_t syns; /* number of SYN packets */
	/* packets with the HMAC of the third ACK of MP_JOIN */
	uint32_t join_acks;
	uint32_t syn, synack;
	uint32_t syn_packet, synack_packet;
	uint32_t crossing_syn; /* of the server, without ACK: both opened the
				  subflow at the same time (RFC 9293 3.5) */
	uint32_t ack; /* the first packet of the client after the SYNs with
			 MP_CAPABLE or MP_JOIN; else the first one at all */
	uint32_t ack_packet;
	int64_t last_time;  /* of the client's last packet before the RST, but
			       for SYNs; ns since 1970 */
	bool moved_on;	    /* the client sent more packets after that ACK */
	bool ack_is_plain;  /* it has no MPTCP option, but room for one */
	uint32_t data[2];   /* first packet with payload, by TCP direction */
	uint32_t plain[2];  /* first with payload and without MPTCP option */
	uint32_t plain_syn; /* first SYN without MPTCP option, after one with */
	uint32_t plain_syn_packet;
	uint32_t rst; /* the first RST */
	uint32_t rst_packet;
	int rst_from;	     /* its sender, by MPTCP role: 0 client, 1 server */
	int64_t rst_time;    /* ns since 1970 */
	bool rst_behind_ack; /* it was sent after the third ACK ... */
	/*
	 * ... with no other packet of the client in between, and soon: within
	 * three round trips, or a second, of the ACK or its repetition
	 */
	bool rst_answers_ack;
};

/* Gather the facts about the k-th subflow. */
void subflow_facts_find(const struct check_context *c, size_t k,
			struct subflow_facts *out);

/*
 * A complete round trip, from SYN to SYN/ACK to ACK, in ns; 200 ms if unknown.
 */
int64_t subflow_round_trip(const struct check_context *c, size_t k);

/*
 * The MP_TCPRST option of an RST, or NULL.  Decoded options are stored in
 * "room".
 */
const struct mptcp_option *subflow_reason(const struct check_context *c,
					  uint32_t packet,
					  struct tcp_options *room);

#endif
