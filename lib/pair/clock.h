/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h - estimate the offset and skew between the clocks of two captures.
 *
 * Uses packets that were captured at both ends.  theta(t) = server's clock -
 * client's clock, where t is the client's time.  The raw delay to the server
 * is at least theta, and minus the raw delay to the client is at most theta,
 * on every path and however delays vary.  So theta lies in the envelope
 * between the lower hull of the former and the upper hull of the latter (Moon,
 * Skelly and Towsley, "Estimation and Removal of Clock Skew from Network Delay
 * Measurements", INFOCOM 1999, here applied in both directions).  Within the
 * envelope theta is estimated from the path with the smallest round-trip time,
 * assuming that its minimum delay is the same in both directions.  If it is
 * not, the offset is wrong by half of the difference, which the captures
 * cannot show; the error is never larger than rtt_min / 2.
 *
 *	struct clock_estimate est;
 *	clock_estimate(&est, pairs, n, &(struct clock_options){ 0 });
 *	if (clock_delay(&est, TO_SERVER, t_c, t_s, &delay) == 0)
 *		...
 *	clock_estimate_release(&est);
 *
 * All times and delays are integers in ns; only the skew is a double.  The
 * estimate owns its segments and keeps no reference to the pairs.
 */
#ifndef PAIR_CLOCK_H
#define PAIR_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/conn.h"

/* A packet that was captured at both ends, with each end's time. */
struct clock_pair {
	int64_t client_time; /* ns since 1970 */
	int64_t server_time;
	enum direction direction;
	uint32_t path; /* the same number for the same paired stream */
};

/* All zero: estimate everything. */
struct clock_options {
	bool relative;	 /* do not estimate; the least delay becomes 0 */
	bool has_offset; /* given by the user: theta at the first pair ... */
	int64_t offset;	 /* ns */
	bool has_skew;	 /* ... and its rate of change */
	double skew_ppm; /* within +-CLOCK_SKEW_GIVEN_MAX */
};

#define CLOCK_SKEW_MAX 500.0	      /* ppm; maximum of an estimate */
#define CLOCK_SKEW_GIVEN_MAX 100000.0 /* ppm; maximum that a user may give */

/* How delays were corrected. */
enum clock_correction {
	CLOCK_TOO_FEW,	   /* too few pairs; none applied */
	CLOCK_NONE_NEEDED, /* theta = 0 fits all pairs; none applied */
	CLOCK_OFFSET,
	CLOCK_OFFSET_SKEW,
	CLOCK_STEP,	     /* the clock was set; several segments */
	CLOCK_GIVEN,	     /* offset, perhaps skew, given by the user */
	CLOCK_RELATIVE,	     /* requested by the user */
	CLOCK_ONE_DIRECTION, /* pairs of one direction only; relative */
	CLOCK_INFEASIBLE     /* no clock model fits; none applied */
};

/*
 * theta(t) = offset + skew_ppm / 1e6 * (t - reference), for one stretch of
 * time.  Without has_offset no line fits the pairs.
 */
struct clock_segment {
	int64_t from, to; /* client's time of its first and last pair */
	int64_t reference;
	bool has_offset;
	int64_t offset;
	double skew_ppm;

	/*
	 * Hard bounds: they hold whatever the delays were, if the skew was
	 * constant.  For theta(reference) and the skew (infinite where there
	 * is none); "flat" is tighter and holds for clocks without skew.
	 * Without has_bounds these and rtt_min are unknown: at no time are
	 * there pairs of both directions, or the bounds contradict each other.
	 * An estimated offset lies within offset_lo and offset_hi; one given
	 * by the user need not.
	 */
	bool has_bounds;
	int64_t offset_lo, offset_hi;
	double skew_lo, skew_hi; /* ppm */
	bool has_flat;		 /* false: the pairs prove that there is skew */
	int64_t flat_lo, flat_hi;
	int64_t rtt_min; /* width of the envelope of all paths together */

	bool has_path; /* offset from "path"; false: from all together */
	uint32_t path;
	int64_t path_rtt_min; /* of that path */
	/* MAD of the midpoints of 2 s windows; -1: unknown */
	int64_t soft_error;
	int64_t spread; /* of the midpoints of paths; -1: fewer than two */
	size_t pairs;
};

struct clock_estimate {
	enum clock_correction correction;
	bool applied;	  /* clock_delay() differs from the raw delay */
	bool relative;	  /* delays are relative to the least one of their
			     direction; there are no segments */
	int64_t least[2]; /* if relative: the least raw delay, by direction */
	struct clock_segment *segments; /* in order of time; owned */
	size_t n_segments;
	size_t pairs;	    /* number of pairs given */
	size_t pairs_left;  /* of these, unused: during a step */
	size_t pairs_wrong; /* unused: time stamps outside of [0, 2^62) */
	size_t negative;    /* negative delays, with CLOCK_GIVEN */
};

/*
 * Estimate from n pairs in any order.  Pairs of which it is uncertain that
 * they are the same packet must be left out.  O(n log n).
 *
 * With CLOCK_NONE_NEEDED, _OFFSET, _OFFSET_SKEW and _STEP no corrected delay
 * of the pairs is negative.
 */
void clock_estimate(struct clock_estimate *est, const struct clock_pair *pairs,
		    size_t n, const struct clock_options *options);

void clock_estimate_release(struct clock_estimate *est);

/* What was done, in a few words: "offset and skew". */
const char *clock_correction_name(enum clock_correction correction);

/* A sentence for people: why, and what it means for delays. */
const char *clock_correction_text(enum clock_correction correction);

/* The difference of the time stamps; -1 when it does not fit 64 bits. */
int clock_raw_delay(enum direction direction, int64_t client_time,
		    int64_t server_time, int64_t *delay)
	__attribute__((warn_unused_result));

/*
 * The corrected one-way delay, in time of the client's clock; -1 if unknown:
 * no correction was found, or the packet lies within a step.
 */
int clock_delay(const struct clock_estimate *est, enum direction direction,
		int64_t client_time, int64_t server_time, int64_t *delay)
	__attribute__((warn_unused_result));

/*
 * theta at a time of the client's clock; 0 when no correction was needed.  -1
 * if unknown.
 */
int clock_theta(const struct clock_estimate *est, int64_t client_time,
		int64_t *theta) __attribute__((warn_unused_result));

/*
 * Convert a time of the server's clock to the client's; -1 if unknown.  Next
 * to a step, where two segments apply, the earlier one is used.
 */
int clock_correct(const struct clock_estimate *est, int64_t server_time,
		  int64_t *client_time) __attribute__((warn_unused_result));

#endif
