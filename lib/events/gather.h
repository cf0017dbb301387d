/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.h - what the makers of events share: the timeline as it grows, and
 * what must be remembered to tell a repetition from something new.
 *
 * Places of events in the timeline are kept as index + 1; 0: there is none.
 */
#ifndef EVENTS_GATHER_H
#define EVENTS_GATHER_H

#include <stdbool.h>

#include "events/timeline.h"
#include "model/tcpopt.h"

/* A packet, and what it means to the connection. */
struct sighting {
	uint32_t packet;
	uint32_t subflow; /* position in connection.subflows */
	const struct stream *stream;
	enum direction tcp;	  /* by TCP role */
	enum direction direction; /* by MPTCP role */
	unsigned flags;		  /* TCP */
	uint32_t len;
	bool cut; /* not all options were captured */
	struct tcp_options options;
};

/* The events of one subflow; [2]: by enum direction, MPTCP role. */
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

/* Packet i, to be called for all in order of time. */
void gather_look(struct gather *g, uint32_t i, struct sighting *s);

/*
 * A new event of the packet.  The pointer holds until the next one is added;
 * *note (or NULL) becomes its place.
 */
struct event *gather_add(struct gather *g, const struct sighting *s,
			 enum event_kind kind, size_t *note);

/* The event at "note", which the packet says again. */
struct event *gather_again(struct gather *g, const struct sighting *s,
			   size_t note);

/* That at *note again, or a new one. */
struct event *gather_once(struct gather *g, const struct sighting *s,
			  enum event_kind kind, size_t *note);

/* Note whether the option counts (model/effect.h). */
void gather_effect(const struct gather *g, const struct sighting *s,
		   const struct mptcp_option *option, struct event *e);

/* The position of a data sequence number in "direction"; 0: unknown. */
int gather_position(const struct gather *g, enum direction direction,
		    const struct mptcp_option *option, int64_t *position);

/* The events of one packet, by subject. */
void handshake_events(struct gather *g, const struct sighting *s);
void option_events(struct gather *g, const struct sighting *s);
void close_events(struct gather *g, const struct sighting *s);

/* Those that need more than one packet: of all packets at once. */
void transfer_events(struct gather *g);

#endif
