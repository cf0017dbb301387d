/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_print.h - for match.h: match packets by fingerprints.
 *
 * A print is a hash of what identifies a packet; "detail" says how much is
 * included.  Packets of both ends with equal prints are paired.  If a print
 * occurs several times, packets are distinguished by IP id if the path
 * preserves it, then by window, then by order.
 */
#ifndef PAIR_MATCH_PRINT_H
#define PAIR_MATCH_PRINT_H

#include <stdbool.h>
#include <xxhash.h>

#include "pair/match.h"

/*
 * From strict to loose.  Always included: direction, position in the stream,
 * length, and the flags SYN, FIN, RST and ACK.
 */
enum match_detail {
	DETAIL_OPTIONS,	   /* also the other flags except ECN, timestamps, and
			      SACK and MPTCP options */
	DETAIL_TIMESTAMPS, /* also timestamps; options may have been altered */
	DETAIL_PLACE	   /* also the IP id if it is preserved; else only if
			      one end has timestamps and the other has none */
};

struct print {
	XXH128_hash_t key;
	uint32_t place; /* index in its end */
	uint16_t ip_id, window;
	uint8_t has_ip_id, end, direction;
};

/* The caller sets the members before "private"; the others start as 0. */
struct match_work {
	struct match *match;
	const struct match_input *in;
	/* numbers of this direction are relative to the ISN */
	bool relative[2];
	bool same_isn; /* SACK edges are comparable */
	/* Private, except that the owner frees the prints. */
	struct print *prints; /* of both ends, sorted by key */
	size_t n;
	enum match_detail detail;
	bool ids_known[2]; /* [direction]: whether the following is known */
	bool ids_count[2]; /* the path preserves IP ids, ... */
	bool ids_vary[2];  /* and they differ from packet to packet */
	bool stamps_lost[2];
};

/*
 * Pair MATCH_UNSEEN packets of both ends.  With DETAIL_OPTIONS additional
 * packets at the receiver, of which the sender has one, become
 * MATCH_DUPLICATED.
 */
void match_prints(struct match_work *w, enum match_detail detail);

#endif
