/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h - how the clocks of two captures differ.
 *
 * From packets seen at both ends.  theta(t) = server's clock - client's clock,
 * t on the client's clock.  The raw delay to the server is at least theta and
 * minus the raw delay to the client is at most theta, on every path and
 * whatever its delay does: theta runs through the envelope between the lower
 * hull of the former and the upper hull of the latter (Moon, Skelly and
 * Towsley, "Estimation and Removal of Clock Skew from Network Delay
 * Measurements", INFOCOM 1999, in both directions).  What the envelope leaves
 * open is estimated from the path with the smallest round trip time, whose two
 * directions are taken to have the same minimum delay.  If they have not, the
 * offset is wrong by half of the difference, and nothing in the captures shows
 * it; it never is wrong by more than rtt_min / 2.
 *
 *	struct clock_estimate est;
 *	clock_estimate(&est, pairs, n, &(struct clock_options){ 0 });
 *	if (clock_delay(&est, TO_SERVER, t_c, t_s, &delay) == 0)
 *		...
 *	clock_estimate_release(&est);
 *
 * All times and delays are in ns, and exact; only the skew is a double.
 * The estimate owns its segments; it keeps nothing of the pairs.
 */
#ifndef PAIR_CLOCK_H
#define PAIR_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/conn.h"

/* One packet, seen at both ends; each stamp is of that end's own clock. */
struct clock_pair {
	int64_t client_time; /* ns since 1970 */
	int64_t server_time;
	enum direction direction;
	uint32_t path; /* the same number: the same pair of subflows */
};

/* Zeroed: estimate everything. */
struct clock_options {
	bool relative;	 /* do not estimate: the least delay is 0 */
	bool has_offset; /* the user knows: theta at the first pair, ... */
	int64_t offset;	 /* ns */
	bool has_skew;	 /* ... and how it grows */
	double skew_ppm; /* within +-CLOCK_SKEW_GIVEN_MAX */
};

#define CLOCK_SKEW_MAX 500.0	      /* ppm; no estimate is above */
#define CLOCK_SKEW_GIVEN_MAX 100000.0 /* ppm */

enum clock_correction {
	CLOCK_TOO_FEW,	   /* not applied */
	CLOCK_NONE_NEEDED, /* theta = 0 fits every pair; not applied */
	CLOCK_OFFSET,
	CLOCK_OFFSET_SKEW,
	CLOCK_STEP,	     /* several segments */
	CLOCK_GIVEN,	     /* offset, perhaps skew, by the user */
	CLOCK_RELATIVE,	     /* by the user */
	CLOCK_ONE_DIRECTION, /* hence relative */
	CLOCK_INFEASIBLE     /* no clock fits; not applied */
};

/*
 * theta(t) = offset + skew_ppm / 1e6 * (t - reference).  All that it says is of
 * the same stretch of time; without has_offset no line fits its pairs.
 */
struct clock_segment {
	int64_t from, to; /* client's time of its first and last pair */
	int64_t reference;
	bool has_offset;
	int64_t offset;
	double skew_ppm;

	/*
	 * Hard bounds, true whatever the delays were, as long as the skew was
	 * constant: theta(reference); the skew (infinite where nothing bounds
	 * it).  "flat" is tighter, for clocks known to have no skew.
	 * Without has_bounds nothing of this, nor rtt_min, is known: no time
	 * has pairs of both directions, or the bounds contradict each other.
	 * An estimated offset is within offset_lo and offset_hi; one that the
	 * user gave need not be.
	 */
	bool has_bounds;
	int64_t offset_lo, offset_hi;
	double skew_lo, skew_hi; /* ppm */
	bool has_flat;		 /* else even no skew is proved wrong */
	int64_t flat_lo, flat_hi;
	int64_t rtt_min; /* width of the envelope, of all paths together */

	bool has_path; /* offset from one path, else from all together */
	uint32_t path;
	int64_t path_rtt_min; /* of that path */
	int64_t soft_error;   /* MAD of the midpoints of 2 s; -1 not known */
	int64_t spread;	      /* of the paths' midpoints; -1: fewer than two */
	size_t pairs;
};

struct clock_estimate {
	enum clock_correction correction;
	bool applied;	  /* clock_delay() differs from the raw delay */
	bool relative;	  /* delays are above the least one of their direction;
			     no segments */
	int64_t least[2]; /* relative: raw, by direction */
	struct clock_segment *segments; /* in order of time; owned */
	size_t n_segments;
	size_t pairs;	    /* looked at */
	size_t pairs_left;  /* not used: within a step */
	size_t pairs_wrong; /* not used: stamps out of range, [0, 2^62) */
	size_t negative;    /* delays below 0 although CLOCK_GIVEN */
};

/*
 * Pairs in any order; ambiguous ones must be left out.  O(n log n).
 *
 * CLOCK_NONE_NEEDED, _OFFSET, _OFFSET_SKEW and _STEP promise that no delay
 * of the pairs is negative.
 */
void clock_estimate(struct clock_estimate *est, const struct clock_pair *pairs,
		    size_t n, const struct clock_options *options);

void clock_estimate_release(struct clock_estimate *est);

/* "offset and skew": what was done. */
const char *clock_correction_name(enum clock_correction correction);

/* A sentence for people: why, and what it means. */
const char *clock_correction_text(enum clock_correction correction);

/* The delay as the stamps have it; -1 when no 64-bit number holds it. */
int clock_raw_delay(enum direction direction, int64_t client_time,
		    int64_t server_time, int64_t *delay)
	__attribute__((warn_unused_result));

/*
 * The one-way delay, in time of the client's clock; -1 where it is not known:
 * no correction could be found, or the packet lies within a step.
 */
int clock_delay(const struct clock_estimate *est, enum direction direction,
		int64_t client_time, int64_t server_time, int64_t *delay)
	__attribute__((warn_unused_result));

/*
 * theta at a time of the client's clock; -1 where it is not known.  0 when no
 * correction was needed.
 */
int clock_theta(const struct clock_estimate *est, int64_t client_time,
		int64_t *theta) __attribute__((warn_unused_result));

/*
 * A stamp of the server on the client's clock, -1 where it is not known.
 * Next to a step, where two segments claim it, the earlier one gets it.
 */
int clock_correct(const struct clock_estimate *est, int64_t server_time,
		  int64_t *client_time) __attribute__((warn_unused_result));

#endif
