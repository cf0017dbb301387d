/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links.h - for live.h: find TCP streams that may belong to one connection,
 * while packets arrive.
 *
 * A clue is a value that the streams of one connection share: addresses and
 * ports or the handshake, when Wireshark gives one stream two numbers; a
 * token; the neighbourhood of the 64-bit data sequence numbers.
 * load/clusters.h does the same for complete captures.
 */
#ifndef LIVE_LINKS_H
#define LIVE_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/tcpopt.h"
#include "row/row.h"

struct live_cluster;
struct live_link;

struct links {
	struct live_link *all; /* a hash table */
};

/* The clues of one cluster. */
struct links_of {
	struct live_link **items; /* owned */
	size_t n, cap;
	uint64_t near[2]; /* neighbourhoods noted last */
	bool has_key;	  /* its handshake was captured */
};

/*
 * links_seek() calls "found" for each other cluster that has a clue of this
 * packet.  "of" are the clues of the packet's own cluster; "is_first": the
 * packet is the first of its stream.  "certain": the clue is a token or a
 * handshake, not only similar sequence numbers.
 */
typedef void links_fn(void *ctx, struct live_cluster *other, bool certain);
void links_seek(const struct links *links, const struct links_of *of,
		const struct row *row, const struct tcp_options *options,
		bool is_first, links_fn *found, void *ctx);

/* Note the clues of the packet for "cluster", whose clues are "of". */
void links_note(struct links *links, struct links_of *of,
		struct live_cluster *cluster, const struct row *row,
		const struct tcp_options *options, bool is_first);

/* Move the clues of "from" to "to", which belong to "cluster". */
void links_move(struct links_of *from, struct links_of *to,
		struct live_cluster *cluster);

/* Remove the clues. */
void links_drop(struct links *links, struct links_of *of);

#endif
