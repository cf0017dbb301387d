/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clusters.h - for first_pass.h: which TCP streams may have to do with each
 * other.
 *
 * Told some packets at a time, of which it keeps what little may link a stream
 * to others: addresses and ports, keys and tokens, the range of its 64-bit data
 * sequence numbers.  Two streams that streams.h makes one of, or connections.h
 * puts into one connection, are in one cluster; those in one cluster may turn
 * out to be strangers.  So each cluster can be modelled without the others.
 *
 *	struct clusters clusters = { .n = 0 };
 *	clusters_take(&clusters, &packets);		// again and again
 *	clusters_settle(&clusters);
 *	... clusters.streams: those of one cluster stand together ...
 *	clusters_release(&clusters);
 */
#ifndef LOAD_CLUSTERS_H
#define LOAD_CLUSTERS_H

#include <stdbool.h>

#include "model/arc.h"
#include "model/packets.h"

struct cluster_stream {
	uint32_t tcp_stream; /* Wireshark's number */
	uint32_t cluster;    /* equal within a cluster */
	uint64_t packets;
	uint64_t end[2];   /* private, as are these: hashes of its ends */
	struct arc arc[2]; /* of the data that each end sends */
	uint64_t key[2];   /* that were seen last */
	uint8_t has_key[2];
};

struct cluster_clue;

struct clusters {
	struct cluster_stream *streams; /* owned; in order of cluster, number */
	size_t n, cap;
	uint32_t *by_tcp_stream; /* private */
	size_t cap_by;
	struct cluster_clue *clues; /* private */
	size_t n_clues, cap_clues;
	struct arcs arcs; /* private */
	bool wide;	  /* private: an arc is not to be trusted */
};

/* Packets, not yet sorted or renumbered. */
void clusters_take(struct clusters *c, const struct packets *packets);

/* There are no more.  Sorts the streams. */
void clusters_settle(struct clusters *c);

void clusters_release(struct clusters *c);

#endif
