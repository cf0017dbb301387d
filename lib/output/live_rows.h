/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_rows.h - the rows of mptcp-live --jsonl: refreshes, with their
 * connections, directions and subflows; and events
 *
 * Values that commands for complete captures have, too, have the same names
 * and meanings here.
 */
#ifndef OUTPUT_LIVE_ROWS_H
#define OUTPUT_LIVE_ROWS_H

#include "live/live.h"
#include "live/source.h"
#include "output/event_rows.h"

/* Why a line is printed. */
enum live_reason {
	LIVE_REFRESH,	/* "refresh" */
	LIVE_FORGOTTEN, /* "forgotten": a connection, for the last time */
	LIVE_FINAL	/* "final": the source has ended */
};

struct live_moment {
	enum live_reason reason;
	bool has_time;		  /* there was a packet; first_time is valid */
	int64_t time, first_time; /* ns since 1970 */
	int64_t second;		  /* period of rates, ns */
	bool is_hurried;	  /* time passes for the packets faster than
				     for who looks: there are no rates */
	bool has_rate, has_wire_rate;
	double packets_per_s; /* TCP packets passed to the model */
	double bytes_per_s;   /* any protocol, on the wire */
	unsigned sampled;     /* one of so many connections is looked at */
	struct live_source_counts counts;
	struct live_totals totals;
};

/* A direction of a connection or of a subflow. */
struct live_part {
	const struct byte_counts *counts;
	const struct live_flow *flow;
};

struct live_row {
	struct listing_row listing; /* first: getters.h; it has no trace */
	const struct live_moment *moment;
	const struct live_connection *connection;
	enum direction towards;
	const struct live_part *direction;
	const struct live_subflow *flows; /* the subflow */
	const struct live_part *subflow;
};

extern const struct row_type live_refresh;    /* "refreshes" */
extern const struct row_type live_connection; /* "connections" */
extern const struct row_type live_direction;  /* "directions" */
extern const struct row_type live_subflow;    /* "subflows" */

enum {
	LIVE_EVENT_COLUMNS = 80
};

/*
 * The columns of event_rows.h with changes for live events.  Made by
 * live_event_init(); must not be moved.
 */
struct live_event_type {
	struct column columns[LIVE_EVENT_COLUMNS];
	struct row_type type; /* "events" */
};

void live_event_init(struct live_event_type *t);

#endif
