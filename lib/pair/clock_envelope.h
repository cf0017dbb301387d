/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_envelope.h - for clock.h: the envelope of possible clock offsets, from
 * the minimum delays in both directions.
 *
 * The y of a sample is its raw delay.  With s = 1 to the server and s = -1 to
 * the client the corrected delay is y - s * theta.  Samples to the client are
 * mirrored, so both directions have a lower hull; theta lies between the
 * hulls.
 *
 * Time stamps are below 2^62, so y is within +-2^62 and a product of two
 * differences fits in 126 bits.  The caller releases each struct that it had
 * filled.
 */
#ifndef PAIR_CLOCK_ENVELOPE_H
#define PAIR_CLOCK_ENVELOPE_H

#include <stdbool.h>

#include "pair/clock.h"

enum {
	CLOCK_PAIRS_MIN = 8, /* needed in each direction to use a path */
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
	/* [path]: index of its first sample; one more entry at the end */
	size_t *start;
	size_t n_paths;
	int64_t origin;
	size_t count[2]; /* by direction */
};

/* A period of time, both ends included. */
struct clock_stretch {
	int64_t x1, x2;
};

struct point {
	int64_t x, y;
};

/* A lower hull: slopes of its edges increase. */
struct hull {
	struct point *v;
	size_t n, cap;
};

/* The values of theta that the pairs of a period allow. */
struct clock_envelope {
	struct hull hull[2]; /* by direction */
	size_t count[2];
	/* both directions at some time; else the rest is invalid */
	bool overlap;
	int64_t x;	/* time at which the envelope is narrowest */
	int64_t width;	/* at x, rounded down; < 0: no line fits */
	int64_t lo, hi; /* bounds of theta at x, rounded outwards */
};

/* Whether its time stamps are in range. */
bool clock_pair_usable(const struct clock_pair *p);

/* Take the usable ones of n pairs, in any order. */
void clock_data_init(struct clock_data *d, const struct clock_pair *pairs,
		     size_t n);
void clock_data_release(struct clock_data *d);

/* Index of the first sample of the path at or after x. */
size_t clock_data_find(const struct clock_data *d, size_t path, int64_t x);

/* The period from the first sample to the last. */
struct clock_stretch clock_data_stretch(const struct clock_data *d);

/* 1 for to the server, -1 for to the client. */
int64_t clock_sign(int direction);

void clock_envelope_release(struct clock_envelope *c);

/* The envelope of one path. */
void clock_envelope_init(struct clock_envelope *c, const struct clock_data *d,
			 size_t path, struct clock_stretch r);

/* The envelope of all paths, made from the vertices of their hulls. */
void clock_envelope_init_all(struct clock_envelope *c,
			     const struct clock_data *d,
			     struct clock_stretch r);

/* Hard bounds of the slope; infinite where there is none. */
double clock_envelope_slope_high(const struct clock_envelope *c);
double clock_envelope_slope_low(const struct clock_envelope *c);

/* Whether some line with a plausible slope fits. */
bool clock_envelope_fits(const struct clock_envelope *c);

/* The same for all paths together in a period. */
bool clock_envelope_exists(const struct clock_data *d, struct clock_stretch r);

/*
 * Of the lines that fit at the narrowest place, the slope closest to "wanted".
 */
double clock_envelope_best_slope(const struct clock_envelope *c, double wanted);

#endif
