/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_print.h - packets of two captures that are known by the same.
 *
 * For match.h.  A print is what a packet is known by: how much of it that is
 * says "detail".  Packets of both ends with the same print are paired; what is
 * there more than once is told apart by the IP id where the path leaves those
 * alone, then by the window, then by its order.
 */
#ifndef PAIR_MATCH_PRINT_H
#define PAIR_MATCH_PRINT_H

#include <stdbool.h>
#include <xxhash.h>

#include "pair/match.h"

/* From sharp to dim; always: direction, place in the stream, length, and the
   flags SYN, FIN, RST and ACK. */
enum match_detail {
	DETAIL_OPTIONS,	   /* the other flags but the ECN bits, timestamps, and
			      the options of SACK and MPTCP */
	DETAIL_TIMESTAMPS, /* timestamps; the options were altered on the way */
	DETAIL_PLACE	   /* the IP id where it counts; else only where one end
			      has timestamps and the other has none */
};

struct print {
	XXH128_hash_t key;
	uint32_t place; /* in its end */
	uint16_t ip_id, window;
	uint8_t has_ip_id, end, direction;
};

/* Set all but the last lines to begin with; 0 is right for those. */
struct match_work {
	struct match *match;
	const struct match_input *in;
	bool relative[2]; /* numbers of this direction count from the ISN */
	bool same_isn;	  /* SACK edges are comparable */
	/* Private, but that the owner frees the prints. */
	struct print *prints; /* of both ends, by key */
	size_t n;
	enum match_detail detail;
	bool ids_known[2]; /* [direction]: it is known whether ... */
	bool ids_count[2]; /* the path leaves the IP ids alone, ... */
	bool ids_vary[2];  /* and they differ from packet to packet */
	bool stamps_lost[2];
};

/*
 * Pair what is MATCH_UNSEEN at both ends.  With DETAIL_OPTIONS what a receiver
 * has more often than the sender, who has it once, are copies that the network
 * made (MATCH_DUPLICATED).
 */
void match_prints(struct match_work *w, enum match_detail detail);

#endif
