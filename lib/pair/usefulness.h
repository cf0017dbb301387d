/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usefulness.h - was it useful to send data again on another subflow?
 *
 * Judged by what reached the receiver, following Coudron, "Passive Analysis
 * for Multipath TCP" (AINTEC 2019): delta = arrival of the original - arrival
 * of the reinjection.  Both are times of the receiver's capture, so no clock
 * correction is involved.  The receiver's DATA_ACKs have the last word
 * (discarded.h): a reinjection that came when they covered its data already was
 * in vain, and an original that was discarded, or waited on its subflow when
 * the reinjection was used in its place, is as good as lost.
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
	USEFULNESS_UNKNOWN,  /* "unknown": not captured, or it may be one of
				several packets; or the original was discarded,
				and no DATA_ACK ever covered the data */
	USEFULNESS_USEFUL,   /* "useful": arrived before the originals, or at
				least one of these never arrived, or was not
				used; and a DATA_ACK covered the data only
				after the repetition */
	USEFULNESS_REDUNDANT /* "redundant": arrived later or never, or after a
				DATA_ACK for its data, and nothing proves that
				it was used instead of the original */
};

const char *usefulness_name(enum usefulness usefulness);

struct judgement {
	enum usefulness usefulness;
	bool has_delta;
	int64_t delta; /* ns; relative to the last of the originals */
	bool instead;  /* useful since what arrived earlier was not used, */
	int64_t from;  /* from this data position on */
};

struct fate_of_data; /* private */

/*
 * When packets of one capture arrived at the other end.  The pairing is
 * borrowed until arrivals_release().
 */
struct arrivals {
	const struct pairing *pairing;
	int end;
	uint8_t *fate;	/* enum match_fate, by packet; owned */
	int64_t *time;	/* ns, the other capture's stamps; owned */
	uint32_t *peer; /* packet of the other capture or MATCH_NONE; owned */
	/* Private: by connection and direction, made on demand; owned. */
	struct fate_of_data **fates;
	size_t n_fates;
	/* The first capture was taken at the sender of this direction; only
	   there can anything be judged. */
	bool at_sender[2];
};

void arrivals_find(const struct pairing *p, struct arrivals *out);
/* The same for packets of capture "end"; 0 is the first. */
void arrivals_find_at(const struct pairing *p, int end, struct arrivals *out);
void arrivals_release(struct arrivals *a);

/*
 * Judge one repetition.  "arrivals" may be NULL: the result is unknown.
 * Discarded originals are considered for reinjections only.
 */
void usefulness_of(const struct arrivals *arrivals,
		   const struct repetitions *list, const struct repetition *r,
		   struct judgement *out);

/* Sums over one class of repetitions in one direction. */
struct usefulness_totals {
	struct count of[USEFULNESS_REDUNDANT + 1]; /* by usefulness */
	struct distribution delta;		   /* ns, per repetition */
};

void usefulness_total(const struct arrivals *arrivals,
		      const struct repetitions *list, enum direction direction,
		      enum byte_class byte_class,
		      struct usefulness_totals *out);

/*
 * Which subflow brought the data that was kept: for each stream the bytes that
 * arrived first on it (BYTES_UNIQUE at the receiver), minus those that were
 * not used there, but when another subflow brought them.
 */
struct kept {
	int64_t *moved; /* by index in the receiver's connection: correction to
			   add to those bytes; owned; NULL: none */
	size_t n;
};

/*
 * "arrivals" are those of the sender's capture.  Bytes of both traces must
 * have been accounted (account.h).
 */
void kept_find(const struct arrivals *arrivals, const struct connection *sender,
	       enum direction direction, struct kept *out);
int64_t kept_moved(const struct kept *kept, const struct stream *receiver);
void kept_release(struct kept *kept);

#endif
