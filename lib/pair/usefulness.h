/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usefulness.h - was it worth sending data again on another subflow?
 *
 * Judged by what reached the receiver, after Coudron, "Passive Analysis for
 * Multipath TCP" (AINTEC 2019): delta = arrival of the originals - arrival of
 * the reinjection.  Both arrivals are stamps of the receiver's capture, so no
 * clock is corrected.  An original that came and was thrown away (discarded.h)
 * is as good as lost.
 *
 *	struct arrivals arrivals;
 *	arrivals_find(&pairing, &arrivals);
 *	usefulness_of(&arrivals, &list, &list.items[i], &judgement);
 *	arrivals_release(&arrivals);
 */
#ifndef PAIR_USEFULNESS_H
#define PAIR_USEFULNESS_H

#include <stdbool.h>

#include "model/reinjection.h"
#include "pair/pairing.h"

enum usefulness {
	USEFULNESS_UNKNOWN,  /* "unknown": not captured, or more than one packet
			     that it could be; or the original was thrown
			     away, and no DATA_ACK ever covered the data */
	USEFULNESS_USEFUL,   /* "useful": it came before the originals, or at
			least one of those never came, or was thrown away
			and a DATA_ACK covered the data only afterwards */
	USEFULNESS_REDUNDANT /* "redundant": it came later, or never, and
			     nothing proves that the original was thrown away */
};

const char *usefulness_name(enum usefulness usefulness);

struct judgement {
	enum usefulness usefulness;
	bool has_delta;
	int64_t delta; /* ns; the last of the originals counts */
	bool instead;  /* useful, since what came before it was thrown away: */
	int64_t from;  /* from this data position on */
};

struct fate_of_data; /* private */

/* When the packets of a capture, the first one, came to the other end.  The
   pairing is borrowed, but for arrivals_release(). */
struct arrivals {
	const struct pairing *pairing;
	int end;
	uint8_t *fate;	/* enum match_fate, by packet; owned */
	int64_t *time;	/* ns, the other capture's stamps; owned */
	uint32_t *peer; /* packet of the other capture or MATCH_NONE; owned */
	struct fate_of_data **fates; /* private: by connection and direction,
					made when they are asked for; owned */
	size_t n_fates;
	bool at_sender[2]; /* the first capture is at the sender's end of this
			     direction: only there anything can be judged */
};

void arrivals_find(const struct pairing *p, struct arrivals *out);
/* The same of the packets of capture "end": 0 is the first. */
void arrivals_find_at(const struct pairing *p, int end, struct arrivals *out);
void arrivals_release(struct arrivals *a);

/*
 * "arrivals" may be NULL: unknown.  That the original was thrown away counts
 * for reinjections only.
 */
void usefulness_of(const struct arrivals *arrivals,
		   const struct repetitions *list, const struct repetition *r,
		   struct judgement *out);

/* The sums over one class of repetitions in one direction. */
struct usefulness_totals {
	struct count of[USEFULNESS_REDUNDANT + 1]; /* by usefulness */
	struct distribution delta;		   /* ns, per repetition */
};

void usefulness_total(const struct arrivals *arrivals,
		      const struct repetitions *list, enum direction direction,
		      enum byte_class byte_class,
		      struct usefulness_totals *out);

/*
 * On which subflow the data of one direction came that was kept: the bytes of
 * each stream that arrived first (BYTES_UNIQUE, where they arrive), less those
 * that were thrown away and of use when another subflow brought them.
 */
struct kept {
	int64_t *moved; /* by position in the connection where it arrives, to
			   be added to those bytes; owned; NULL: none */
	size_t n;
};

/*
 * "arrivals" are those of the packets of the sender's capture; the bytes of
 * both traces have to be counted (account.h).
 */
void kept_find(const struct arrivals *arrivals, const struct connection *sender,
	       enum direction direction, struct kept *out);
int64_t kept_moved(const struct kept *kept, const struct stream *receiver);
void kept_release(struct kept *kept);

#endif
