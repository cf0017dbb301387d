/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths.h - how much each path carried: sums over the subflows that went over
 * it, of any number of connections and captures.
 *
 *	struct paths paths;
 *	paths_init(&paths, PATH_BY_PAIR);
 *	struct path_part *part = path_part_make(&trace, conn);	// in a thread
 *	paths_add(&paths, part);				// one by one
 *	path_part_free(part);
 *	paths_sort(&paths);
 *	... paths.items[0]->direction[TO_SERVER].counts ...
 *	paths_release(&paths);
 *
 * A path is what subflows have in common: the pair of addresses, by the roles
 * of the connection, whatever the ports; or one of the two; or the interface
 * that captured the first packet, by its name.  Directions are by MPTCP role.
 *
 * Each subflow is on one path, so that all sums but "connections" add up to
 * those of the connections.  Of a path there are sums, a digest of round trip
 * times (digest.h), and when it was busy (periods.h); no connection is kept.
 */
#ifndef MODEL_PATHS_H
#define MODEL_PATHS_H

#include <stdbool.h>

#include "model/digest.h"
#include "model/periods.h"
#include "model/trace.h"
#include "model/vantage.h"

enum path_key {
	PATH_BY_PAIR,	   /* "pair" */
	PATH_BY_INTERFACE, /* "interface" */
	PATH_BY_CLIENT,	   /* "client" */
	PATH_BY_SERVER	   /* "server" */
};

/* NULL where there is no such one. */
const char *path_key_name(int key);

/* What all subflows of a path have in common, or not. */
enum common {
	COMMON_NONE, /* not known of any */
	COMMON_ONE,  /* the same in all that know it */
	COMMON_SEVERAL
};

struct path_direction {
	struct byte_counts counts; /* as account.h counts them */
	/* Of what was captured where it was sent; only there a repetition is
	   one because something was lost: */
	uint64_t sent_here, repeated_here; /* bytes; TCP-retransmitted ones */
	struct digest rtt;		   /* ns */
	struct periods busy;		   /* busy.h */
	bool has_lost;			   /* with the other end's capture: */
	uint64_t lost, crossed; /* packets; those that could be lost */
};

struct path_sums {
	struct address client, server; /* if ..., else undefined */
	char *interface;	       /* owned; NULL unless it is one */
	enum common has_client, has_server, has_interface;
	uint64_t connections; /* with a subflow on it */
	uint64_t subflows;
	uint64_t established;  /* whose handshake was completed */
	uint64_t backup;       /* that a side asked to use as a backup only */
	uint64_t joins;	       /* that began with MP_JOIN ... */
	uint64_t joins_failed; /* ... and were not established */
	uint64_t resets;       /* that ended with a RST of a side */
	struct path_direction direction[2];
	uint64_t latest; /* private: the last connection that is counted */
};

struct path_entry;

struct paths {
	enum path_key by;
	struct path_sums **items; /* owned; in order of appearance */
	size_t n, cap;
	struct path_sums total;	    /* all of them as one */
	struct path_entry *entries; /* private */
};

/* One direction of a subflow. */
struct path_subflow {
	struct samples rtt; /* ns; only of the sender's capture */
	struct periods busy;
	bool has_lost;
	uint64_t lost, crossed; /* as in struct path_direction */
};

/* What one connection adds; borrows the trace. */
struct path_part {
	const struct trace *trace;
	const struct connection *conn;
	enum vantage vantage;
	struct path_subflow (*subflows)[2]; /* by MPTCP direction; owned */
};

/* To be freed; the packets of the connection have to be there.  May be called
   for several at a time. */
struct path_part *path_part_make(struct trace *trace, struct connection *conn);
void path_part_free(struct path_part *part);

void paths_init(struct paths *paths, enum path_key by);
void paths_add(struct paths *paths, const struct path_part *part);
/* The one that carried most unique bytes first. */
void paths_sort(struct paths *paths);
void paths_release(struct paths *paths);

#endif
