/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_envelope.h - what the delays of both directions leave to the clocks.
 *
 * For clock.h only.  A sample's y is its raw delay.  With s = 1 to the server
 * and s = -1 to the client, the corrected one is y - s * theta; "to client" is
 * mirrored, so that both directions have a lower hull.  Between them runs
 * theta.
 *
 * Stamps are below 2^62, so y is within +-2^62 and a product of two
 * differences fits 126 bits.  Whoever fills a struct releases it.
 */
#ifndef PAIR_CLOCK_ENVELOPE_H
#define PAIR_CLOCK_ENVELOPE_H

#include <stdbool.h>

#include "pair/clock.h"

enum {
	CLOCK_PAIRS_MIN = 8, /* each way, for a path to say something */
	CLOCK_SEGMENTS_MAX = 32
};

#define CLOCK_SECOND ((int64_t)1000000000)
#define CLOCK_SLOPE_MAX (CLOCK_SKEW_MAX * 1e-6)
#define CLOCK_MAD_TO_SIGMA 1.4826

struct clock_sample {
	int64_t x; /* client's time since the origin */
	int64_t y; /* raw delay */
	uint32_t path;
	uint8_t direction;
};

struct clock_data {
	struct clock_sample *s; /* by path, then x */
	size_t n;
	size_t *start; /* [path]: its first sample; one more at the end */
	size_t n_paths;
	int64_t origin;
	size_t count[2]; /* by direction */
};

/* A piece of time, both ends included. */
struct clock_stretch {
	int64_t x1, x2;
};

struct point {
	int64_t x, y;
};

/* A lower hull: the slopes of its edges grow. */
struct hull {
	struct point *v;
	size_t n, cap;
};

/* What the pairs of a stretch leave to theta. */
struct clock_envelope {
	struct hull hull[2]; /* by direction */
	size_t count[2];
	bool overlap;	/* both directions at one time: the rest counts */
	int64_t x;	/* where it is narrowest */
	int64_t width;	/* there, rounded down; < 0: no line fits */
	int64_t lo, hi; /* there, rounded outwards */
};

/* Are its stamps in range? */
bool clock_pair_usable(const struct clock_pair *p);

/* Takes the usable pairs, in any order; n of them. */
void clock_data_init(struct clock_data *d, const struct clock_pair *pairs,
		     size_t n);
void clock_data_release(struct clock_data *d);

/* The first sample of the path that is not before x. */
size_t clock_data_find(const struct clock_data *d, size_t path, int64_t x);

/* From the first sample to the last. */
struct clock_stretch clock_data_stretch(const struct clock_data *d);

/* 1 to the server, -1 to the client. */
int64_t clock_sign(int direction);

void clock_envelope_release(struct clock_envelope *c);

/* Of one path. */
void clock_envelope_init(struct clock_envelope *c, const struct clock_data *d,
			 size_t path, struct clock_stretch r);

/* Of all paths: from the vertices of their hulls. */
void clock_envelope_init_all(struct clock_envelope *c,
			     const struct clock_data *d,
			     struct clock_stretch r);

/* The hard bounds of the slope; infinite where nothing bounds it. */
double clock_envelope_slope_high(const struct clock_envelope *c);
double clock_envelope_slope_low(const struct clock_envelope *c);

/* Does a line fit that can be a clock? */
bool clock_envelope_fits(const struct clock_envelope *c);

/* The same for the envelope of all paths in a stretch. */
bool clock_envelope_exists(const struct clock_data *d, struct clock_stretch r);

/* The slope nearest to "wanted" of the lines through the narrowest place. */
double clock_envelope_best_slope(const struct clock_envelope *c, double wanted);

#endif
