/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths.h - sums for each network path over subflows of any number of
 * connections and captures: mptcp-summary --paths.
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
 * A path is defined by the pair of addresses (by roles of the connection,
 * ignoring ports), by one of the two addresses, or by the name of the
 * interface that captured the first packet of the subflow.  Directions are by
 * MPTCP role.
 *
 * Each subflow is on one path, so all sums except "connections" add up to
 * those of the connections.  For each path sums, a digest of round-trip times
 * (digest.h) and busy periods (periods.h) are kept, but no connections.
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

/* NULL if there is no such key. */
const char *path_key_name(int key);

/* Whether all subflows of a path have the same value. */
enum common {
	COMMON_NONE, /* unknown for all */
	COMMON_ONE,  /* the same for all that know it */
	COMMON_SEVERAL
};

struct path_direction {
	struct byte_counts counts; /* as account.h counts them */
	/* Captured at the sender only, where repetitions are due to loss: */
	/* bytes sent; TCP-retransmitted bytes */
	uint64_t sent_here, repeated_here;
	struct digest rtt;	/* ns */
	struct periods busy;	/* busy.h */
	bool has_lost;		/* from the capture of the other end: */
	uint64_t lost, crossed; /* packets lost, of those sent */
};

struct path_sums {
	struct address client, server; /* valid if has_... is COMMON_ONE */
	char *interface;	       /* owned; NULL unless COMMON_ONE */
	enum common has_client, has_server, has_interface;
	uint64_t connections; /* with a subflow on it */
	uint64_t subflows;
	uint64_t established;  /* with a completed handshake */
	uint64_t backup;       /* that a side declared as backup */
	uint64_t joins;	       /* begun with MP_JOIN ... */
	uint64_t joins_failed; /* ... of these, not established */
	uint64_t resets;       /* ended by a RST of either side */
	struct path_direction direction[2];
	uint64_t latest; /* private: last connection counted */
};

struct path_entry;

struct paths {
	enum path_key by;
	struct path_sums **items; /* owned; in order of appearance */
	size_t n, cap;
	struct path_sums total;	    /* sums over all paths */
	struct path_entry *entries; /* private */
};

/* One direction of a subflow. */
struct path_subflow {
	struct samples rtt; /* ns; only from the sender's capture */
	struct periods busy;
	bool has_lost;
	uint64_t lost, crossed; /* as in struct path_direction */
};

/* The contribution of one connection; borrows the trace. */
struct path_part {
	const struct trace *trace;
	const struct connection *conn;
	enum vantage vantage;
	struct path_subflow (*subflows)[2]; /* by MPTCP direction; owned */
};

/*
 * The packets of the connection must be in memory.  May be called from several
 * threads at the same time.  The caller frees the part.
 */
struct path_part *path_part_make(struct trace *trace, struct connection *conn);
void path_part_free(struct path_part *part);

void paths_init(struct paths *paths, enum path_key by);
void paths_add(struct paths *paths, const struct path_part *part);
/* Sort by unique bytes, largest first. */
void paths_sort(struct paths *paths);
void paths_release(struct paths *paths);

#endif
