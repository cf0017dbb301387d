/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit_periods.h - for limits.h: what lasts for a while in one direction of a
 * connection, of which it is known only afterwards how long.
 */
#ifndef MODEL_LIMIT_PERIODS_H
#define MODEL_LIMIT_PERIODS_H

#include "model/limits.h"

/* From one packet to another. */
struct limit_period {
	int64_t from, to; /* ns since 1970 */
};

struct limit_period_list {
	struct limit_period *items; /* in order of time; owned */
	size_t n, cap;
	size_t at; /* of who goes through them */
};

/* Something became so at a packet. */
enum limit_change_kind {
	LIMIT_OPENED, /* a subflow can be used */
	LIMIT_CLOSED, /* it cannot any more */
	LIMIT_WISH    /* "on": a host wants it to be a backup */
};

struct limit_change {
	uint32_t packet, subflow;
	enum limit_change_kind kind;
	bool server; /* LIMIT_WISH: the server's */
	bool on;
};

/* Of a subflow. */
struct limit_flow {
	int64_t rtt; /* ns */
	int shift;   /* of the receiver's windows; -1: not known */
	struct limit_period_list idle, stalled;
	/* All data is acknowledged, but it still repeats some. */
	struct limit_period_list late;
};

struct limit_periods {
	int64_t from, to;	  /* the first and last packet with payload */
	struct limit_flow *flows; /* by subflow; owned */
	size_t n_flows;
	struct limit_change *changes; /* in order of time; owned */
	size_t n_changes, cap_changes;
	/* The highest byte sent did not rise: until soon after a DATA_ACK, or
	   any more, while data below it was still to be sent. */
	struct limit_period_list waits;
	/* All data that there was had been sent: until it was acknowledged. */
	struct limit_period_list spare;
	/* Packets that sent data for the first time, below what their subflow
	   had sent before: it had been meant for another; in order of time. */
	uint32_t *taken_over; /* owned */
	size_t n_taken_over, cap_taken_over;
	/* Data is outstanding, and no DATA_ACK moved. */
	struct limit_period_list gaps;
	int64_t least_rtt; /* of all; shorter waits do not matter */
};

enum {
	LIMIT_GAP = 200000000, /* ns: shorter gaps do not matter */
	LIMIT_SOON = 10000000  /* ns, behind a DATA_ACK */
};

/* False, and nothing is to be released: there are no data or DATA_ACKs, not all
   of them were captured, or some window of the receiver is not known. */
bool limit_periods_find(struct limit_periods *p, const struct limits_input *in);
void limit_periods_release(struct limit_periods *p);

#endif
