/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trend.h - how the middle between the least delays of both directions moves.
 *
 * For clock.h only: skew from the minima of one path in windows of time, by
 * the median of slopes (Theil and Sen), and how sure that is.
 */
#ifndef PAIR_TREND_H
#define PAIR_TREND_H

#include <stdbool.h>

#include "pair/clock_envelope.h"

/* Minima of a path during some time, both ways. */
struct trend_window {
	int64_t x;
	int64_t mid; /* theta, if both minima have the same delay */
	int64_t rtt;
	double excess; /* of rtt over the least */
	double weight;
};

struct windows {
	struct trend_window *w;
	size_t n, cap;
};

struct weighted {
	double value, weight;
};

/* Theil-Sen over the midpoints of a path. */
struct trend {
	double slope;
	double noise; /* of a midpoint */
	double mad;   /* -1 not known */
	double n;     /* windows, as many as their weights are worth */
	double span;  /* ns */
};

/* "wanted" ns, or more, so that there are not too many in the stretch. */
int64_t window_width(struct clock_stretch r, int64_t wanted);

/* The caller frees out->w. */
void windows_init(struct windows *out, const struct clock_data *d, size_t path,
		  struct clock_stretch r, int64_t width);

/* Sorts; 0 of nothing. */
double weighted_median(struct weighted *a, size_t n);

/* Middle of window i less that of the first. */
double windows_mid(const struct windows *w, size_t i);

/* Slopes between windows at most "reach" apart.  The caller frees. */
size_t windows_slopes(const struct windows *w, size_t reach,
		      struct weighted **out);

/* n is 0 where there are no two windows. */
struct trend trend_of(const struct clock_data *d, size_t path,
		      struct clock_stretch r);

/*
 * 3 MAD, and 5 standard errors of a slope: with few windows chance alone makes
 * slopes.  "doubt" is a factor.
 */
bool trend_is_sure(const struct trend *t, double doubt);

#endif
