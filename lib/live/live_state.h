/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_state.h - the state shared by the parts of live.h: live.c makes models
 * and tells results, intake.c assigns packets to clusters, sweep.c forgets.
 */
#ifndef LIVE_LIVE_STATE_H
#define LIVE_LIVE_STATE_H

#include <uthash.h>

#include "live/cluster.h"
#include "live/links.h"
#include "live/live.h"

#define LIVE_SECOND ((int64_t)1000000000) /* ns */

enum live_stream_state {
	STREAM_UNDECIDED,
	STREAM_OTHER, /* no MPTCP option so far */
	STREAM_TCP,   /* plain TCP, since its SYN has no MPTCP option */
	STREAM_OURS   /* MPTCP */
};

/* One of Wireshark's TCP streams. */
struct live_stream {
	uint32_t number;
	enum live_stream_state state;
	struct live_cluster *cluster; /* if STREAM_OURS */
	struct row *held;	      /* its packets while undecided; owned */
	size_t n_held;
	int64_t last_time;
	UT_hash_handle hh;
};

/* Copies for live_connections(). */
struct live_shown {
	struct live_connection *items; /* owned */
	size_t n, cap;
};

struct live {
	struct live_options options;
	struct live_stream *streams;	/* a hash table, by number */
	struct live_cluster **clusters; /* in order of their first packets */
	size_t n_clusters, cap_clusters;
	size_t n_modelled; /* clusters before this one were modelled */
	struct links links;
	uint64_t next_id, n_opened, packets, other_streams, left_out, gone,
		gone_bytes;
	size_t n_held;
	unsigned one_of; /* sampling: one of so many connections is looked at */
	int64_t now, swept_at;
	int64_t looked_at;   /* by monotonic_ns() */
	size_t turn;	     /* index of the cluster to model first */
	size_t packets_turn; /* of the one to give up packets first */
	bool has_begin;
	int64_t begin;		  /* of the capture */
	struct live_shown *shown; /* owned */
};

/*
 * Model a cluster as of now; live_model_new(): all that were never modelled,
 * in order.
 */
void live_model(struct live *l, struct live_cluster *c, bool goes_on,
		size_t keep);
void live_model_new(struct live *l);

/* The minimum number of packets to keep per cluster (cluster_job.keep). */
size_t live_kept(const struct live *l);

/*
 * Whether the cluster with this number is looked at (live_sample()); and
 * exclude a cluster from now on.
 */
bool intake_is_sampled(const struct live *l, uint64_t number);
void intake_leave_out(struct live *l, struct live_cluster *c);

/* Forget a stream; the caller removes it from its cluster. */
void intake_forget(struct live *l, struct live_stream *s);

/*
 * Forget connections and streams that ended or were idle for long enough,
 * after telling live_gone_fn, and packets of idle ones when there are too many;
 * "at_leisure": however long that takes.
 */
void sweep(struct live *l, bool at_leisure);

#endif
