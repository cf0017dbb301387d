/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict.h - was it worth sending data again on another subflow?
 *
 * Judged by what reached the receiver, after Coudron, "Passive Analysis for
 * Multipath TCP" (AINTEC 2019): delta = arrival of the originals - arrival of
 * the reinjection.  Both arrivals are stamps of the receiver's capture, so no
 * clock is corrected.
 *
 *	struct arrivals arrivals;
 *	arrivals_find(&pairing, &arrivals);
 *	verdict_of(&arrivals, &list, &list.items[i], &judgement);
 *	arrivals_release(&arrivals);
 */
#ifndef PAIR_VERDICT_H
#define PAIR_VERDICT_H

#include "pair/pairing.h"
#include "model/reinjection.h"

enum verdict {
	VERDICT_UNKNOWN,  /* "unknown": not captured, or more than one packet
			     that it could be */
	VERDICT_USEFUL,	  /* "useful": it came before the originals, or at
			     least one of those never came */
	VERDICT_REDUNDANT /* "redundant": it came later, or never */
};

const char *verdict_name(enum verdict verdict);

struct judgement {
	enum verdict verdict;
	int has_delta;
	int64_t delta; /* ns; the last of the originals counts */
};

/* When the packets of a capture, the first one, came to the other end. */
struct arrivals {
	uint8_t *fate;	  /* enum match_fate, by packet; owned */
	int64_t *time;	  /* ns, the other capture's stamps; owned */
	int at_sender[2]; /* the first capture is at the sender's end of this
			     direction: only there anything can be judged */
};

void arrivals_find(const struct pairing *p, struct arrivals *out);
/* The same of the packets of capture "end": 0 is the first. */
void arrivals_find_at(const struct pairing *p, int end, struct arrivals *out);
void arrivals_release(struct arrivals *a);

/* "arrivals" may be NULL: unknown. */
void verdict_of(const struct arrivals *arrivals, const struct repetitions *list,
		const struct repetition *r, struct judgement *out);

/* The sums over one class of repetitions in one direction. */
struct verdict_totals {
	struct count of[VERDICT_REDUNDANT + 1]; /* by verdict */
	struct distribution delta;		/* ns, per repetition */
};

void verdicts_total(const struct arrivals *arrivals,
		    const struct repetitions *list, enum direction direction,
		    enum byte_class byte_class, struct verdict_totals *out);

#endif
