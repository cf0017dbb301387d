/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit_periods.h - for limits.h: periods in one direction of a connection
 * whose length is only known afterwards.
 */
#ifndef MODEL_LIMIT_PERIODS_H
#define MODEL_LIMIT_PERIODS_H

#include "model/limits.h"

/* A period between two packets. */
struct limit_period {
	int64_t from, to; /* ns since 1970 */
};

struct limit_period_list {
	struct limit_period *items; /* in order of time; owned */
	size_t n, cap;
	size_t at; /* position of a reader */
};

/* A change at a packet. */
enum limit_change_kind {
	LIMIT_OPENED, /* a subflow becomes usable */
	LIMIT_CLOSED, /* a subflow becomes unusable */
	LIMIT_WISH    /* a host sets ("on") or clears the backup flag */
};

struct limit_change {
	uint32_t packet, subflow;
	enum limit_change_kind kind;
	bool server; /* LIMIT_WISH: by the server */
	bool on;
};

/* Periods of a subflow. */
struct limit_flow {
	int64_t rtt; /* ns */
	int shift;   /* window scale of the receiver; -1: unknown */
	struct limit_period_list idle, stalled;
	/* All data is acknowledged, but the subflow still retransmits some. */
	struct limit_period_list late;
};

struct limit_periods {
	/* Times of the first packet with payload, and of the last one or the
	   abort of the connection (arrival.h), whichever is earlier. */
	int64_t from, to;
	struct limit_flow *flows; /* by subflow; owned */
	size_t n_flows;
	struct limit_change *changes; /* in order of time; owned */
	size_t n_changes, cap_changes;
	/*
	 * The highest byte sent did not rise until shortly after a DATA_ACK,
	 * or never again, while lower data was still to be sent.
	 */
	struct limit_period_list waits;
	/*
	 * From all available data having been sent until it was acknowledged.
	 */
	struct limit_period_list spare;
	/*
	 * Packets that sent data for the first time, below data their subflow
	 * had sent before: it had been scheduled on another subflow.  In order
	 * of time.
	 */
	uint32_t *taken_over; /* owned */
	size_t n_taken_over, cap_taken_over;
	/* Data was outstanding, and the DATA_ACK did not advance. */
	struct limit_period_list gaps;
	int64_t least_rtt; /* of all subflows; shorter waits are ignored */
};

enum {
	LIMIT_GAP = 200000000, /* ns: shorter gaps are ignored */
	LIMIT_SOON = 10000000  /* ns after a DATA_ACK */
};

/*
 * False, with nothing to release: there is no data or no DATA_ACK, not all of
 * them were captured, or a window of the receiver is unknown.
 */
bool limit_periods_find(struct limit_periods *p, const struct limits_input *in);
void limit_periods_release(struct limit_periods *p);

#endif
