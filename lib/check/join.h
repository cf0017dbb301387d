/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * join.h - why a join failed: gather the evidence about one subflow and weigh
 * possible reasons.
 *
 * A story contains the evidence: the packets of the subflow, ICMP errors that
 * quote them, other events of the connection at that time, the other capture.
 * For each hypothesis a function weighs it.  The hypothesis with the largest
 * weight becomes the cause of the verdict; unless it is proven, others that
 * are not excluded become alternatives.
 */
#ifndef CHECK_JOIN_H
#define CHECK_JOIN_H

#include <stdbool.h>

#include "check/counterpart.h"
#include "check/rst_origin.h"
#include "check/subflow.h"
#include "check/witness.h"
#include "row/icmp.h"
#include "row/origins.h"

/* The first sign that the connection was ending. */
struct closing {
	uint32_t frame; /* 0: no sign */
	int64_t time;
	const char *what; /* "DATA_FIN" */
	int from;
};

struct join_story {
	const struct origins *origins; /* to name frames in sentences */
	struct subflow_facts facts;
	size_t subflow;
	int opener, joined; /* hosts: 0 client, 1 server */
	/* whether packets of the joined host after the SYN were captured */
	enum witness witness;
	int64_t round_trip;	/* of the initial subflow, ns */
	int64_t join_trip;	/* from SYN to SYN/ACK, ACK or RST; 0: none */
	int64_t captured_after; /* how long the capture went on after its last
				   packet, ns; INT64_MAX: unknown */
	const struct icmp_error *icmp; /* quotes one of its packets; or NULL */
	const struct signal *removal; /* REMOVE_ADDR during the join; or NULL */
	struct closing closing;
	struct closing
		over; /* the sign that both directions had ended: DATA_FIN
			 or FIN of the second host, MP_FASTCLOSE, RST */
	/* [TO_CLIENT]: of the SYN/ACK; was checked and is wrong */
	bool bad_hmac[2];
	bool good_hmac; /* of the third ACK: was checked and is right */
	/* interface on which the SYN was sent, if unsuitable */
	const char *wrong_interface;
	bool at_joined; /* the capture was taken at that host */
	bool has_reset; /* the joined host sent a RST */
	const struct mptcp_option *reason; /* in that RST; or NULL */
	struct tcp_options reset_options;
	struct rst_origin origin; /* of that RST */
	struct counterpart syn, synack, ack, rst;
	bool answered_there; /* the other capture contains a SYN/ACK or RST */
};

/* Gather the evidence about a subflow; "out" borrows from the context. */
void join_story_tell(const struct check_context *c, size_t subflow,
		     struct join_story *out);

enum weight {
	WEIGHT_AGAINST,	 /* the evidence excludes it */
	WEIGHT_POSSIBLE, /* it is not excluded */
	WEIGHT_FITS,	 /* it explains what was captured */
	WEIGHT_PROVES	 /* it is the only explanation */
};

struct hypothesis {
	const char *cause;
	enum weight (*weigh)(const struct join_story *);
	/*
	 * Append the rest of the sentence that begins with "The only join,
	 * ...".
	 */
	void (*say)(const struct join_story *, struct strbuf *,
		    enum weight weight);
};

/* In order of preference among equal weights. */
extern const struct hypothesis join_hypotheses[];
extern const size_t n_join_hypotheses;

#endif
