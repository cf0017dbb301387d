/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * join.h - one join that came to nothing: what speaks for each reason, and what
 * against it.
 *
 * A story gathers the evidence of one subflow: its own packets, ICMP errors
 * that quote them, what the connection did meanwhile, the other capture.  For
 * each hypothesis a function weighs it.  The one with the most weight is the
 * cause; where it is not proven, the others that the evidence allows are
 * alternatives.
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

/* The first sign that the connection was about to end. */
struct closing {
	uint32_t frame; /* 0: there is none */
	int64_t time;
	const char *what; /* "DATA_FIN" */
	int from;
};

struct join_story {
	const struct origins *origins; /* of frames, for sentences */
	struct subflow_facts facts;
	size_t subflow;
	int opener, joined;	       /* hosts: 0 client, 1 server */
	enum witness witness;	       /* of the joined host since the SYN */
	int64_t round_trip;	       /* of the initial subflow, ns */
	int64_t join_trip;	       /* SYN to SYN/ACK, ACK or RST; 0: none */
	const struct icmp_error *icmp; /* that quotes one of its packets */
	const struct signal *removal;  /* while it was under way */
	struct closing closing;
	struct closing over; /* the sign that it ended both ways: the DATA_FIN
				or FIN of the second host; MP_FASTCLOSE, RST */
	bool bad_hmac[2]; /* [TO_CLIENT]: of the SYN/ACK; computed, and wrong */
	bool good_hmac;	  /* of the third ACK: computed, and right */
	const char *wrong_interface; /* by which the SYN went; or NULL */
	bool at_joined;		     /* the capture was taken at that host */
	bool has_reset;		     /* by the host that was joined */
	const struct mptcp_option *reason; /* in that RST; or NULL */
	struct tcp_options reset_options;
	struct rst_origin origin; /* of that RST */
	struct counterpart syn, synack, ack, rst;
	bool answered_there; /* the other capture has a SYN/ACK or a RST */
};

void join_story_tell(const struct check_context *c, size_t subflow,
		     struct join_story *out);

enum weight {
	WEIGHT_AGAINST,	 /* the evidence excludes it */
	WEIGHT_POSSIBLE, /* it is not excluded */
	WEIGHT_FITS,	 /* it explains what was captured */
	WEIGHT_PROVES	 /* and nothing else does */
};

struct hypothesis {
	const char *cause;
	enum weight (*weigh)(const struct join_story *);
	/* The sentence goes on with this, behind "The only join, ...". */
	void (*say)(const struct join_story *, struct strbuf *,
		    enum weight weight);
};

/* In order of preference where the weights are the same. */
extern const struct hypothesis join_hypotheses[];
extern const size_t n_join_hypotheses;

#endif
