/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cluster.h - for live.h: TCP streams that may belong to one connection, with
 * their packets and the connections that were modelled from them.
 *
 * Rows are appended as they come.  cluster_model() builds a trace from the
 * packets in memory and from what is known of dropped ones (model/past.h), and
 * derives the connections that are shown (live.h).  cut_off() (cut.h) drops
 * packets that are no longer needed.
 */
#ifndef LIVE_CLUSTER_H
#define LIVE_CLUSTER_H

#include <uthash.h>

#include "live/links.h"
#include "live/live.h"
#include "live/told.h"
#include "model/flight.h"
#include "model/past.h"

enum {
	CLUSTER_KEEP = 1 << 15 /* packets to keep, fewer when there are many
				  clusters */
};

/* ns: packets of several interfaces are in order of time after this delay. */
#define CLUSTER_SETTLED 250000000

/*
 * One of Wireshark's TCP streams and its data in flight.  The ends are as in
 * the packets: [0] sent the first packet.
 */
struct cluster_flights {
	uint32_t tcp_stream;
	struct endpoint end;
	int64_t last_time;
	struct flight flight[2];
	UT_hash_handle hh;
};

/* A connection, which stays the same while models are made anew. */
struct cluster_connection {
	struct live_connection view;
	uint32_t *streams; /* Wireshark's numbers; owned */
	size_t n_streams, cap_streams;
	uint32_t largest; /* largest of these */
	bool is_there;	  /* found by the latest model */
};

struct live_stream;

struct live_cluster {
	struct packets packets;
	struct trace trace; /* the latest model, without packets */
	struct past past;
	struct told told;
	struct links_of links;
	struct cluster_flights *flights; /* a hash table by tcp_stream; owned,
					    as is all of this struct */
	struct cluster_connection **connections;
	size_t n_connections, cap_connections;
	uint64_t number; /* clusters are numbered in the order of creation */
	struct live_stream **streams; /* its streams, owned by live.c */
	size_t n_streams, cap_streams;
	size_t fresh;	 /* packets since the last model */
	bool is_urgent;	 /* one of them is more than data and acknowledgments */
	bool is_waiting; /* some events are held back until they are settled */
	bool is_modelled, is_left_out;
	bool is_settled; /* events that only the end settles were told */
	bool goes;	 /* is about to be forgotten */
	size_t needed;	 /* packets that could not be given up the last time */
	int64_t modelled_at, took; /* ns, by monotonic_ns() */
	int64_t last_time;	   /* of its packets, ns since 1970 */
};

struct live_cluster *cluster_new(void);
void cluster_free(struct live_cluster *c);

/* Append a packet.  -1: a limit of the packet table is reached. */
int cluster_take(struct live_cluster *c, const struct row *row,
		 const struct tcp_options *options, struct error *err)
	__attribute__((warn_unused_result));

/* Move everything from "from" to "to" and free "from". */
int cluster_join(struct live_cluster *to, struct live_cluster *from,
		 struct error *err) __attribute__((warn_unused_result));

/* Parameters of cluster_model(). */
struct cluster_job {
	const struct live_options *options;
	uint64_t *next_id; /* for new connections */
	int64_t now;	   /* by the clock of the packets */
	bool has_begin;	   /* "begin", of the capture, is known */
	int64_t begin;
	bool goes_on; /* more packets may come */
	size_t keep;  /* with twice as many packets, drop all but the last
			 "keep"; 0: drop all that can be dropped now */
};

/*
 * The flights of a stream, by Wireshark's number; NULL: it has no packets
 * here.
 */
const struct cluster_flights *cluster_flights(const struct live_cluster *c,
					      uint32_t tcp_stream);

/* Model the packets anew, update the connections and drop old packets. */
void cluster_model(struct live_cluster *c, const struct cluster_job *job);

/*
 * Whether a packet has TCP flags or options beyond those of data and its
 * acknowledgments.
 */
bool cluster_is_special(unsigned flags, const struct tcp_options *options);

/* Forget the packets and everything that was derived from them. */
void cluster_empty(struct live_cluster *c);

/* Whether all its connections have ended, or it has none. */
bool cluster_is_over(const struct live_cluster *c);

/* Whether no connection in it was answered yet. */
bool cluster_is_opening(const struct live_cluster *c);

/* Whether one of its connections is open in both directions. */
bool cluster_is_open(const struct live_cluster *c);

#endif
