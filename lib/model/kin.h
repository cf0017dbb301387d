/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kin.h - which TCP streams may have to do with each other.
 *
 * Told some packets at a time, of which it keeps what little may link a stream
 * to others: addresses and ports, keys and tokens, the range of its 64-bit data
 * sequence numbers.  Two streams that streams.h makes one of, or connections.h
 * puts into one connection, are kin; kin may turn out to be strangers.  So each
 * group of kin can be modelled without the others.
 *
 *	struct kin kin = { .n = 0 };
 *	kin_take(&kin, &packets);		// again and again
 *	kin_settle(&kin);
 *	... kin.streams: those of one group stand together ...
 *	kin_release(&kin);
 */
#ifndef MODEL_KIN_H
#define MODEL_KIN_H

#include "model/arc.h"
#include "model/packets.h"

struct kin_stream {
	uint32_t tcp_stream; /* Wireshark's number */
	uint32_t group;	     /* equal for kin */
	uint64_t packets;
	uint64_t end[2];   /* private, as are these: hashes of its ends */
	struct arc arc[2]; /* of the data that each end sends */
	uint64_t key[2];   /* that were seen last */
	uint8_t has_key[2];
};

struct kin_clue;

struct kin {
	struct kin_stream *streams; /* owned; in order of group, number */
	size_t n, cap;
	uint32_t *by_tcp_stream; /* private */
	size_t cap_by;
	struct kin_clue *clues; /* private */
	size_t n_clues, cap_clues;
	struct arcs arcs; /* private */
	int wide;	  /* private: an arc is not to be trusted */
};

/* Packets, not yet sorted or renumbered. */
void kin_take(struct kin *kin, const struct packets *packets);

/* There are no more.  Sorts the streams. */
void kin_settle(struct kin *kin);

void kin_release(struct kin *kin);

#endif
