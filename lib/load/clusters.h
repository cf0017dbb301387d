/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clusters.h - for first_pass.h: divide the TCP streams of a capture into
 * clusters that can be modelled independently of each other.
 *
 * Packets are passed in portions, of which only what may link streams is kept:
 * addresses and ports, keys and tokens, the range of 64-bit data sequence
 * numbers.  Two TCP streams that streams.h would join or connections.h would
 * put into one connection are always in the same cluster.  The converse does
 * not hold: streams of one cluster may turn out to be unrelated.
 *
 *	struct clusters clusters = { .n = 0 };
 *	clusters_take(&clusters, &packets);		// again and again
 *	clusters_settle(&clusters);
 *	... clusters.streams: sorted, so that each cluster is contiguous ...
 *	clusters_release(&clusters);
 */
#ifndef LOAD_CLUSTERS_H
#define LOAD_CLUSTERS_H

#include <stdbool.h>

#include "base/number_index.h"
#include "model/arc.h"
#include "model/packets.h"

struct cluster_stream {
	uint32_t tcp_stream; /* Wireshark's number */
	uint32_t cluster;    /* the same number within a cluster */
	uint64_t packets;
	uint64_t end[2];   /* private, as is what follows: hashes of its ends */
	struct arc arc[2]; /* of the data sent by each end */
	uint64_t key[2];   /* last keys seen */
	uint8_t has_key[2];
};

struct cluster_clue;

struct clusters {
	struct cluster_stream *streams; /* owned; in order of cluster, number */
	size_t n, cap;
	struct number_index by_tcp_stream; /* private: of the streams */
	struct cluster_clue *clues;	   /* private */
	size_t n_clues, cap_clues;
	struct arcs arcs; /* private */
	bool wide;	  /* private: some arc is too wide to be reliable */
};

/* Add packets, in the order of the capture. */
void clusters_take(struct clusters *c, const struct packets *packets);

/*
 * Call after the last packets.  Determines the clusters and sorts the streams.
 */
void clusters_settle(struct clusters *c);

void clusters_release(struct clusters *c);

#endif
