/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.h - for timeline.h: the state shared by the functions that make
 * events: the growing timeline, and what is needed to recognise repetitions.
 *
 * Positions of events in the timeline are stored as index + 1; 0: none.
 */
#ifndef EVENTS_GATHER_H
#define EVENTS_GATHER_H

#include <stdbool.h>

#include "events/timeline.h"
#include "model/tcpopt.h"

/* A packet and its role in the connection. */
struct sighting {
	uint32_t packet;
	uint32_t subflow; /* position in connection.subflows */
	const struct stream *stream;
	enum direction tcp;	  /* by TCP role */
	enum direction direction; /* by MPTCP role */
	unsigned flags;		  /* TCP */
	uint32_t len;
	bool cut; /* options were not captured completely */
	struct tcp_options options;
};

/* Events of one subflow; [2]: by enum direction, MPTCP role. */
struct subflow_notes {
	size_t syn, synack, established;
	size_t refused[2], reset[2], fastclose[2], fin[2];
	size_t priority[2], fail[2];
};

enum {
	ADDRESS_IDS = 256
};

struct gather {
	struct timeline *line;
	const struct trace *trace;
	const struct connection *conn;
	const struct ledger *ledger;
	struct subflow_notes *subflows; /* owned */
	size_t data_fin[2];
	size_t announced[2][2][ADDRESS_IDS]; /* [direction][echo][id] */
	size_t removed[2][ADDRESS_IDS];
	size_t fallback;
	uint64_t near[2]; /* the last data sequence number */
};

/* Examine packet i.  Call for all packets in order of time. */
void gather_look(struct gather *g, uint32_t i, struct sighting *s);

/*
 * Add an event for the packet.  The pointer is valid until the next one is
 * added.  *note (unless NULL) is set to its position.
 */
struct event *gather_add(struct gather *g, const struct sighting *s,
			 enum event_kind kind, size_t *note);

/* Count the packet as a repetition of the event at position "note". */
struct event *gather_again(struct gather *g, const struct sighting *s,
			   size_t note);

/* Repeat the event at *note, or add a new one if there is none. */
struct event *gather_once(struct gather *g, const struct sighting *s,
			  enum event_kind kind, size_t *note);

/* Set whether the option is valid (model/effect.h). */
void gather_effect(const struct gather *g, const struct sighting *s,
		   const struct mptcp_option *option, struct event *e);

/*
 * The position of a data sequence number in "direction"; returns 0 if unknown.
 */
int gather_position(const struct gather *g, enum direction direction,
		    const struct mptcp_option *option, int64_t *position);

/* Make the events of one packet, by subject. */
void handshake_events(struct gather *g, const struct sighting *s);
void option_events(struct gather *g, const struct sighting *s);
void close_events(struct gather *g, const struct sighting *s);

/* Make the events that depend on several packets. */
void transfer_events(struct gather *g);

#endif
