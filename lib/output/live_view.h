/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_view.h - what mptcp-live shows at one moment: numbers copied from the
 * model, and recent events.
 *
 *	struct live_view view;
 *	live_view_init(&view, &moment);
 *	live_view_event(&view, id, &row);	// each event
 *	live_view_take(&view, live, &moment);
 *	live_view_sort(&view, LIVE_BY_RATE);
 *	... page_make(&page, &view, ...) ...
 *	live_view_release(&view);
 *
 * It owns all of its content.  Sums of both directions are what people look at
 * first.
 */
#ifndef OUTPUT_LIVE_VIEW_H
#define OUTPUT_LIVE_VIEW_H

#include "output/live_rows.h"

enum {
	LIVE_EVENTS = 200 /* maximum number of events kept */
};

enum live_order {
	LIVE_BY_RATE,
	LIVE_BY_BYTES,
	LIVE_BY_AGE,
	LIVE_BY_RTT,
	LIVE_BY_RETRANSMITTED,
	LIVE_ORDERS
};

/* "rate", "bytes", "age", "RTT", "retransmitted" */
const char *live_order_name(enum live_order order);

/* The values of a connection or a subflow. */
struct live_line {
	uint64_t id; /* of the connection; for subflows: tcp.stream */
	struct endpoint client, server; /* MPTCP roles */
	char *interface;		/* "": unknown */
	enum live_state state;
	int64_t first_time, last_time;
	struct live_flow flow[2];
};

struct live_lines {
	struct live_line sum;
	struct live_line *subflows;
	size_t n;
	int version; /* -1: unknown */
	enum conn_state state;
	enum fallback_cause cause;
	enum conn_end close;
	bool is_partial;
};

/* An event as text. */
struct live_said {
	int64_t time;
	bool has_time;
	uint64_t connection;
	bool has_stream;
	uint32_t tcp_stream;
	const char *from; /* "client", "server"; "": none */
	char *name;	  /* "join_syn" */
	char *detail;	  /* "" */
};

struct live_view {
	struct live_moment moment;
	struct live_lines *connections;
	size_t n, cap;
	struct live_said events[LIVE_EVENTS]; /* a ring */
	/* Number of events so far; the latest is at (n_events - 1) %
	   LIVE_EVENTS. */
	uint64_t n_events;
};

void live_view_init(struct live_view *v, const struct live_moment *moment);

/* Add an event of the connection with this id. */
void live_view_event(struct live_view *v, uint64_t connection,
		     const struct event_row *row);

/* Copy the current state of the model. */
void live_view_take(struct live_view *v, struct live *live,
		    const struct live_moment *moment);

/* Sort in descending order; equal ones by id. */
void live_view_sort(struct live_view *v, enum live_order order);

/* Index of the connection; view.n: not found. */
size_t live_view_find(const struct live_view *v, uint64_t id);

/*
 * Payload of both directions: sent in total; in the last second.
 */
uint64_t live_sent(const struct live_line *l);
uint64_t live_lately(const struct live_line *l);

/* The direction in which more was sent. */
enum direction live_main(const struct live_line *l);

/* ns, of that direction, else of the other one; 0: unknown. */
int64_t live_rtt(const struct live_line *l);

/* One word: "open", "backup", "stalled", ... */
const char *live_state_word(const struct live_line *l);
const char *live_state_name(enum live_state state);

void live_view_release(struct live_view *v);

#endif
