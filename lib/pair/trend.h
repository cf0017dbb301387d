/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trend.h - for clock.h: how the midpoint between the minimum delays of both
 * directions changes over time.
 *
 * Estimates skew from minima of one path in time windows, by the median of
 * slopes (Theil and Sen), and its certainty.
 */
#ifndef PAIR_TREND_H
#define PAIR_TREND_H

#include <stdbool.h>

#include "pair/clock_envelope.h"

/* Minimum delays of a path during one window, both directions. */
struct trend_window {
	int64_t x;
	int64_t mid; /* theta, if both minimum delays are equal */
	int64_t rtt;
	double excess; /* rtt minus the least rtt */
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
	double mad;   /* -1: unknown */
	double n;     /* effective number of windows, by weight */
	double span;  /* ns */
};

/* A width of at least "wanted" ns that does not give too many windows. */
int64_t window_width(struct clock_stretch r, int64_t wanted);

/* The caller frees out->w. */
void windows_init(struct windows *out, const struct clock_data *d, size_t path,
		  struct clock_stretch r, int64_t width);

/* Sorts "a". 0 if n is 0. */
double weighted_median(struct weighted *a, size_t n);

/* Midpoint of window i minus that of the first window. */
double windows_mid(const struct windows *w, size_t i);

/* Slopes between windows at most "reach" apart.  The caller frees *out. */
size_t windows_slopes(const struct windows *w, size_t reach,
		      struct weighted **out);

/* n is 0 if there are fewer than two windows. */
struct trend trend_of(const struct clock_data *d, size_t path,
		      struct clock_stretch r);

/*
 * Whether the slope is significant: above 3 MAD and 5 standard errors, each
 * multiplied by "doubt".  With few windows slopes occur by chance.
 */
bool trend_is_sure(const struct trend *t, double doubt);

#endif
