/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_clock.c - two captures' clocks (pair/clock.h).
 *
 * The bounds are compared with those of all pairs of packets; estimates with
 * the clocks of simulated ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pair/clock.h"

#define MS ((int64_t)1000000)
#define S (1000 * MS)
#define START (1795384670 * S + 123456789)

enum {
	PAIRS_MAX = 20000,
	PATHS_MAX = 3
};

static const struct clock_options automatic;

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % n);
}

/* A set of packets, and the clocks that stamped them. */
struct scene {
	/* Clocks: the server's runs ahead by theta of the true time, which
	 * the client's clock shows until it is set. */
	int64_t theta;
	double ppm;
	int64_t step_at[3], step[3]; /* of the server's clock */
	size_t n_steps;
	int64_t client_step_at, client_step;

	/* Paths. */
	size_t n_paths;
	int64_t delay[PATHS_MAX][2];
	int64_t jitter;
	int64_t change_at, change[2]; /* of the last path */

	int64_t length; /* ns */
	int64_t gap;	/* between packets of one path and direction */
	uint64_t seed;
	struct clock_pair pairs[PAIRS_MAX];
	size_t n;
};

static int64_t server_clock(const struct scene *sc, int64_t t)
{
	int64_t theta = sc->theta + llround(sc->ppm * 1e-6 * (double)t);

	for (size_t i = 0; i < sc->n_steps; i++)
		if (t >= sc->step_at[i])
			theta += sc->step[i];
	return START + t + theta;
}

static int64_t client_clock(const struct scene *sc, int64_t t)
{
	return START + t +
	       (sc->client_step && t >= sc->client_step_at ? sc->client_step
							   : 0);
}

/* Mostly short queues, sometimes long ones. */
static int64_t queueing(const struct scene *sc)
{
	uint32_t kind = random_below(8);
	double u = (1 + random_below(1000000)) / 1e6;
	double mean = (double)sc->jitter * (kind == 0 ? 5 : 1);

	return sc->jitter ? (int64_t)(-log(u) * mean) : 0;
}

static void send_packet(struct scene *sc, size_t path, enum direction d,
			int64_t t)
{
	int64_t delay = sc->delay[path][d] + queueing(sc);
	struct clock_pair *p = &sc->pairs[sc->n];

	if (path == sc->n_paths - 1 && sc->change_at && t >= sc->change_at)
		delay += sc->change[d];
	assert_true(sc->n < PAIRS_MAX);
	p->direction = d;
	p->path = (uint32_t)path * 7;
	p->client_time = client_clock(sc, d == TO_SERVER ? t : t + delay);
	p->server_time = server_clock(sc, d == TO_SERVER ? t + delay : t);
	sc->n++;
}

static void play(struct scene *sc)
{
	random_state = sc->seed;
	sc->n = 0;
	for (size_t p = 0; p < sc->n_paths; p++)
		for (int d = 0; d < 2; d++)
			for (int64_t t = 0; t < sc->length;
			     t += 1 + random_below((uint32_t)(2 * sc->gap)))
				send_packet(sc, p, (enum direction)d, t);
}

/* Two paths, 10 and 25 ms, for a minute. */
static struct scene *scene_new(uint64_t seed)
{
	struct scene *sc = calloc(1, sizeof(*sc));

	assert_non_null(sc);
	sc->n_paths = 2;
	sc->delay[0][0] = sc->delay[0][1] = 10 * MS;
	sc->delay[1][0] = sc->delay[1][1] = 25 * MS;
	sc->jitter = 2 * MS;
	sc->length = 60 * S;
	sc->gap = 25 * MS;
	sc->seed = seed;
	return sc;
}

static void estimate(struct scene *sc, struct clock_estimate *est)
{
	play(sc);
	clock_estimate(est, sc->pairs, sc->n, &automatic);
	assert_true(est->pairs == sc->n);
	assert_true(est->pairs_wrong == 0);
}

/* Delays: none is negative; the number that is known. */
static size_t check_delays(const struct clock_estimate *est,
			   const struct scene *sc)
{
	size_t known = 0;

	for (size_t i = 0; i < sc->n; i++) {
		const struct clock_pair *p = &sc->pairs[i];
		int64_t delay = 0;

		if (clock_delay(est, p->direction, p->client_time,
				p->server_time, &delay) < 0)
			continue;
		known++;
		assert_true(delay >= 0);
	}
	return known;
}

static int64_t true_time(const struct scene *sc, int64_t client_time)
{
	int64_t t = client_time - START, u = t - sc->client_step;
	int stepped = sc->client_step && u >= sc->client_step_at &&
		      u <= sc->length + S;

	return stepped ? u : t;
}

/* What is printed beside the bounds of a segment lies within them. */
static void check_offset(const struct clock_segment *seg)
{
	if (seg->has_bounds)
		assert_true(seg->offset_lo <= seg->offset_hi);
	if (seg->has_bounds && seg->has_offset) {
		assert_true(seg->offset_lo <= seg->offset &&
			    seg->offset <= seg->offset_hi);
		assert_true(seg->skew_lo <= seg->skew_ppm + 1e-6 &&
			    seg->skew_ppm - 1e-6 <= seg->skew_hi);
	}
}

/* The truth lies within the hard bounds. */
static void check_bounds(const struct clock_segment *seg,
			 const struct scene *sc)
{
	int64_t t = true_time(sc, seg->reference);
	int64_t theta = server_clock(sc, t) - client_clock(sc, t);

	assert_true(seg->has_bounds);
	assert_true(seg->offset_lo <= theta && theta <= seg->offset_hi);
	assert_true(seg->has_offset);
	check_offset(seg);
	assert_true(seg->skew_lo <= sc->ppm && sc->ppm <= seg->skew_hi);
	/* The faster clock does not count the delay in the slower one. */
	assert_true(seg->rtt_min >= 20 * MS - MS / 50);
	assert_true(llabs(seg->offset_hi - seg->offset_lo - seg->rtt_min) <= 1);
	if (seg->has_flat)
		assert_true(seg->flat_lo >= seg->offset_lo &&
			    seg->flat_hi <= seg->offset_hi);
}

/* Is the estimate of theta right up to "error" between two times? */
static void check_theta(const struct clock_estimate *est,
			const struct scene *sc, int64_t from, int64_t to,
			int64_t error)
{
	for (int64_t t = from; t <= to; t += (to - from) / 10) {
		int64_t c = client_clock(sc, t), theta = 0;

		assert_int_equal(clock_theta(est, c, &theta), 0);
		assert_true(llabs(theta - (server_clock(sc, t) - c)) <= error);
	}
}

/* -------------------------------------------------------- hulls and bounds */

/* The interval of slopes, from all pairs of packets. */
struct brute {
	int fits; /* some line does */
	double lo, hi;
	int overlap;
};

static int64_t y_of(const struct clock_pair *p)
{
	return p->server_time - p->client_time;
}

static void brute_pair(struct brute *b, const struct clock_pair *f,
		       const struct clock_pair *g)
{
	int64_t dx = f->client_time - g->client_time, dy = y_of(f) - y_of(g);

	if (dx == 0 && dy < 0)
		b->fits = 0;
	else if (dx > 0)
		b->hi = fmin(b->hi, (double)dy / (double)dx * 1e6);
	else if (dx < 0)
		b->lo = fmax(b->lo, (double)dy / (double)dx * 1e6);
}

static struct brute brute_bounds(const struct clock_pair *p, size_t n)
{
	struct brute b = { .fits = 1, .lo = -INFINITY, .hi = INFINITY };
	int64_t first[2] = { INT64_MAX, INT64_MAX }, last[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		int d = p[i].direction;

		first[d] = llabs(p[i].client_time) < first[d] ? p[i].client_time
							      : first[d];
		last[d] =
			p[i].client_time > last[d] ? p[i].client_time : last[d];
		for (size_t j = 0; j < n; j++)
			if (d == TO_SERVER && p[j].direction == TO_CLIENT)
				brute_pair(&b, &p[i], &p[j]);
	}
	b.overlap = first[0] <= last[1] && first[1] <= last[0];
	b.fits = b.fits && b.lo <= b.hi;
	return b;
}

/*
 * A hull at x: the lowest (s = 1) or highest (s = -1) chord over x of the
 * packets of one direction, times s; NAN outside.
 */
static double brute_hull(const struct clock_pair *p, size_t n, int64_t x,
			 enum direction d)
{
	double s = d == TO_SERVER ? 1 : -1, best = NAN;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double y = s * (double)y_of(&p[i]);
			int64_t dx = p[j].client_time - p[i].client_time;

			if (p[i].direction != d || p[j].direction != d ||
			    p[i].client_time > x || p[j].client_time < x)
				continue;
			if (dx > 0)
				y += s * (double)(y_of(&p[j]) - y_of(&p[i])) *
				     (double)(x - p[i].client_time) /
				     (double)dx;
			best = fmin(best, y); /* ignores NAN */
		}
	return best;
}

static double brute_width(const struct clock_pair *p, size_t n)
{
	double width = NAN;

	for (size_t i = 0; i < n; i++) {
		int64_t x = p[i].client_time;
		double w = brute_hull(p, n, x, TO_SERVER) +
			   brute_hull(p, n, x, TO_CLIENT);

		if (!isnan(w))
			width = fmin(width, w);
	}
	return width;
}

static int near(double a, double b, double error)
{
	return a == b || fabs(a - b) <= error;
}

static size_t random_pairs(struct clock_pair *p)
{
	size_t n = 2 + random_below(13);
	uint32_t span = 2 + random_below(30), tall = 2 + random_below(6000);
	int64_t shift = random_below(2) ? 0 : 1700000000 * S;
	int64_t lift = (int64_t)random_below(tall) / 2;

	for (size_t i = 0; i < n; i++) {
		int64_t up = (int64_t)random_below(tall);

		p[i].direction = (enum direction)(i < 2 ? i : random_below(2));
		p[i].path = random_below(3);
		p[i].client_time = shift + random_below(span) * MS + 10000000;
		p[i].server_time =
			p[i].client_time + 3 * lift -
			(p[i].direction == TO_SERVER ? -up + lift : up);
	}
	return n;
}

static void compare_bounds(const struct clock_pair *p, size_t n,
			   const struct clock_segment *seg,
			   const struct brute *b)
{
	int contradict = b->overlap && brute_width(p, n) < 0;

	assert_int_equal(seg->has_bounds, b->overlap && !contradict);
	check_offset(seg);
	if (seg->has_bounds) {
		assert_true(near((double)seg->rtt_min, brute_width(p, n), 1.1));
		assert_true(near((double)seg->offset_hi,
				 brute_hull(p, n, seg->reference, TO_SERVER),
				 1.1));
		assert_true(near((double)seg->offset_lo,
				 -brute_hull(p, n, seg->reference, TO_CLIENT),
				 1.1));
	}
	if (b->fits) {
		assert_true(near(seg->skew_lo, b->lo, 1e-6 * fabs(b->lo)));
		assert_true(near(seg->skew_hi, b->hi, 1e-6 * fabs(b->hi)));
	}
}

/* [max g, min f] */
static int brute_flat(const struct clock_pair *p, size_t n, int64_t *lo,
		      int64_t *hi)
{
	*lo = INT64_MIN;
	*hi = INT64_MAX;
	for (size_t i = 0; i < n; i++)
		if (p[i].direction == TO_SERVER && y_of(&p[i]) < *hi)
			*hi = y_of(&p[i]);
		else if (p[i].direction == TO_CLIENT && y_of(&p[i]) > *lo)
			*lo = y_of(&p[i]);
	return *lo <= *hi;
}

static void test_bounds(void **state)
{
	size_t fits = 0, fails = 0, none = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 6000; seed++) {
		struct clock_pair p[16];
		struct clock_estimate est;
		int64_t lo = 0, hi = 0;

		random_state = seed;
		size_t n = random_pairs(p);
		struct brute b = brute_bounds(p, n);
		int fit = b.fits && b.lo <= 500 && b.hi >= -500;
		int flat = brute_flat(p, n, &lo, &hi);

		clock_estimate(&est, p, n, &automatic);
		const struct clock_segment *seg = est.segments;

		assert_int_equal(est.n_segments, 1);
		assert_true(seg->pairs == n && est.pairs == n);
		compare_bounds(p, n, seg, &b);
		assert_int_equal(seg->has_flat, flat);
		if (flat)
			assert_true(seg->flat_lo == lo && seg->flat_hi == hi);
		if (b.overlap)
			assert_int_equal(est.correction == CLOCK_INFEASIBLE,
					 !fit);
		if (est.correction == CLOCK_NONE_NEEDED)
			assert_true(lo <= 0 && hi >= 0);
		fits += b.overlap && fit;
		fails += b.overlap && !fit;
		none += est.correction == CLOCK_NONE_NEEDED;
		clock_estimate_release(&est);
	}
	assert_true(fits > 500 && fails > 500 && none > 100);
}

/* Four packets that one can calculate. */
static void test_bounds_by_hand(void **state)
{
	static const struct clock_pair p[] = {
		{ START, START + 1000 + 40, TO_SERVER, 0 },
		{ START + 4 * MS, START + 4 * MS + 1000 + 60, TO_SERVER, 0 },
		{ START + 1 * MS, START + 1 * MS + 1000 - 35, TO_CLIENT, 1 },
		{ START + 5 * MS, START + 5 * MS + 1000 - 10, TO_CLIENT, 1 },
	};
	struct clock_estimate est;

	(void)state;
	clock_estimate(&est, p, 4, &automatic);
	const struct clock_segment *seg = est.segments;

	/* At 1 ms: 1045 - 965 = 80.  At 4 ms: 1060 - (990 - 6.25) = 76.25 */
	assert_int_equal(seg->rtt_min, 76);
	assert_true(seg->reference == START + 4 * MS);
	assert_int_equal(seg->offset_hi, 1060);
	assert_int_equal(seg->offset_lo, 983);
	/* (1040 - 990) / -5 ms; (1060 - 965) / 3 ms */
	assert_true(near(seg->skew_lo, -10, 1e-9));
	assert_true(near(seg->skew_hi, 95 / 3.0, 1e-9));
	assert_int_equal(seg->flat_lo, 990);
	assert_int_equal(seg->flat_hi, 1040);
	assert_int_equal(est.correction, CLOCK_TOO_FEW);
	assert_int_equal(est.applied, 0);
	clock_estimate_release(&est);
}

/* --------------------------------------------------------------- estimates */

static void test_constant(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;

		sc->theta = seed % 2 ? -7 * S : 3217 * MS;
		sc->length = (int64_t)(5 + seed) * S;
		estimate(sc, &est);
		assert_int_equal(est.correction, CLOCK_OFFSET);
		assert_true(est.applied && est.n_segments == 1);
		assert_true(est.segments->skew_ppm == 0);
		assert_true(est.segments->has_path);
		assert_int_equal(est.segments->path, 0);
		check_bounds(est.segments, sc);
		check_theta(&est, sc, 0, sc->length, MS / 4);
		assert_true(check_delays(&est, sc) == sc->n);
		clock_estimate_release(&est);
		free(sc);
	}
}

static void test_one_clock(void **state)
{
	/* The last ones have midpoints that nearly lie on a slope. */
	static const uint64_t seeds[] = { 1, 2, 3, 132, 137, 254, 382, 733 };

	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct scene *sc = scene_new(seeds[i]);
		struct clock_estimate est;

		sc->length = (int64_t)(5 + seeds[i] % 60) * S;

		sc->delay[0][0] = 12 * MS; /* does not matter here */
		estimate(sc, &est);
		assert_int_equal(est.correction, CLOCK_NONE_NEEDED);
		assert_int_equal(est.applied, 0);
		check_theta(&est, sc, 0, sc->length, 0);
		assert_true(check_delays(&est, sc) == sc->n);
		clock_estimate_release(&est);
		free(sc);
	}
}

static void test_skew(void **state)
{
	static const double ppm[] = { 80, -45, 20, 300, -480 };

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;

		sc->theta = 3217 * MS;
		sc->ppm = ppm[seed % 5];
		estimate(sc, &est);
		assert_int_equal(est.correction, CLOCK_OFFSET_SKEW);
		assert_int_equal(est.n_segments, 1);
		check_bounds(est.segments, sc);
		assert_true(near(est.segments->skew_ppm, sc->ppm, 6));
		check_theta(&est, sc, 0, sc->length, MS / 2);
		assert_true(check_delays(&est, sc) == sc->n);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* An asymmetric path biases by half of the difference: within the bounds. */
static void test_asymmetry(void **state)
{
	struct scene *sc = scene_new(5);
	struct clock_estimate est;

	(void)state;
	sc->theta = S;
	sc->delay[0][TO_CLIENT] = 16 * MS;
	sc->jitter = MS / 10;
	estimate(sc, &est);
	check_bounds(est.segments, sc);
	sc->theta -= 3 * MS;
	check_theta(&est, sc, 0, sc->length, MS / 10);
	assert_true(llabs(est.segments->spread - 3 * MS) < MS / 10);
	assert_true(llabs(est.segments->rtt_min - 26 * MS) < MS / 10);
	assert_true(est.segments->soft_error < MS / 10);
	clock_estimate_release(&est);
	free(sc);
}

/*
 * The best path's middle would make a delay of another path negative: 22 + 2 ms
 * against 5 + 40.
 */
static void test_other_path_forbids(void **state)
{
	struct scene *sc = scene_new(6);
	struct clock_estimate est;

	(void)state;
	sc->theta = S;
	sc->delay[0][0] = 22 * MS;
	sc->delay[0][1] = 2 * MS;
	sc->delay[1][0] = 5 * MS;
	sc->delay[1][1] = 40 * MS;
	sc->jitter = MS / 100;
	play(sc);
	clock_estimate(&est, sc->pairs, sc->n, &automatic);
	assert_int_equal(est.correction, CLOCK_OFFSET);
	assert_int_equal(est.segments->has_path, 0);
	assert_true(llabs(est.segments->rtt_min - 7 * MS) < MS / 10);
	assert_true(check_delays(&est, sc) == sc->n);
	clock_estimate_release(&est);
	free(sc);
}

/* ------------------------------------------------------------------- steps */

/* Each side of the steps has its offset; near them nothing is claimed. */
static void check_split(struct scene *sc, size_t segments, int64_t error)
{
	struct clock_estimate est;
	int64_t from = 0;

	estimate(sc, &est);
	assert_int_equal(est.correction, CLOCK_STEP);
	assert_int_equal(est.n_segments, segments);
	for (size_t i = 0; i < segments; i++) {
		int64_t to = sc->length;

		if (i + 1 < segments)
			to = sc->n_steps ? sc->step_at[i] : sc->client_step_at;
		check_bounds(&est.segments[i], sc);
		check_theta(&est, sc, from + S, to - S, error);
		from = to;
	}
	size_t known = check_delays(&est, sc);

	assert_true(est.pairs_left > 0 && est.pairs_left < sc->n / 10);
	assert_true(known >= sc->n - est.pairs_left);
	clock_estimate_release(&est);
}

static void test_step(void **state)
{
	static const int64_t sizes[] = { 50, -50, 12, -12, 2000, -2000, -30 };

	(void)state;
	for (uint64_t seed = 1; seed <= 42; seed++) {
		struct scene *sc = scene_new(seed);

		sc->theta = seed % 2 ? S : 0;
		sc->n_steps = 1;
		sc->step_at[0] = (int64_t)(10 + seed) * S;
		sc->step[0] = sizes[seed % 7] * MS;
		sc->ppm = seed % 3 ? 0 : 70;
		check_split(sc, 2, MS);
		free(sc);
	}
}

static void test_short_step(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct scene *sc = scene_new(seed);

		sc->length = 6 * S;
		sc->n_steps = 1;
		sc->step_at[0] = 3 * S;
		sc->step[0] = (seed % 2 ? 50 : -50) * MS;
		check_split(sc, 2, 2 * MS);
		free(sc);
	}
}

static void test_several_steps(void **state)
{
	(void)state;
	for (uint64_t seed = 21; seed <= 30; seed++) {
		struct scene *sc = scene_new(seed);

		sc->theta = -S;
		sc->n_steps = 3;
		for (int i = 0; i < 3; i++) {
			sc->step_at[i] = (i + 1) * 15 * S;
			sc->step[i] = (i == 1 ? -80 : 60) * MS;
		}
		check_split(sc, 4, MS);
		free(sc);
	}
}

/* Nearer to each other than one looks around a single one. */
static void test_steps_side_by_side(void **state)
{
	static const int64_t steps[][3] = { { 1000, -2000, 60 },
					    { 60, 60, -60 },
					    { -500, -500, 1000 } };

	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct scene *sc = scene_new(seed);

		sc->theta = seed % 2 ? S : 0;
		sc->ppm = seed / 6 % 2 ? 60 : 0;
		sc->length = 20 * S;
		sc->n_steps = 3;
		for (int i = 0; i < 3; i++) {
			sc->step_at[i] = (i + 1) * 5 * S;
			sc->step[i] = steps[seed % 3][i] * MS;
		}
		check_split(sc, 4, 2 * MS);
		free(sc);
	}
}

/*
 * Near the begin or the end of the captures, where one part has few packets;
 * both; forward and back.  Where a step is found each part has its own bounds;
 * where not, nothing is corrected.
 */
static void test_step_near_ends(void **state)
{
	static const int64_t at[] = { 250 * MS, 700 * MS, 1500 * MS };
	static const int64_t sizes[] = { 90, -90, 2000, -2000 };
	size_t found = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 72; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;
		int late = seed / 12 % 3 == 1, both = seed / 12 % 3 == 2;
		int64_t size = sizes[seed / 3 % 4] * MS;

		sc->theta = seed % 2 ? S : 0;
		sc->ppm = seed / 36 ? 60 : 0;
		sc->length = 30 * S;
		sc->n_steps = both ? 2 : 1;
		sc->step_at[0] =
			late ? sc->length - at[seed % 3] : at[seed % 3];
		sc->step_at[1] = sc->length - at[seed % 3];
		sc->step[0] = size;
		sc->step[1] = seed % 5 ? -size : size;
		estimate(sc, &est);
		if (est.correction == CLOCK_STEP) {
			found++;
			for (size_t i = 0; i < est.n_segments; i++)
				check_bounds(&est.segments[i], sc);
			assert_true(check_delays(&est, sc) > 0);
		} else {
			assert_int_equal(est.applied, 0);
			for (size_t i = 0; i < est.n_segments; i++)
				check_offset(&est.segments[i]);
		}
		clock_estimate_release(&est);
		free(sc);
	}
	assert_true(found >= 48);
}

/*
 * Set back, the client's clock stamps some time twice.  Set to another day, it
 * leaves two windows in all.
 */
static void test_client_step(void **state)
{
	static const int64_t steps[] = { 200, -200, 864000000, -864000000 };

	(void)state;
	for (uint64_t seed = 1; seed <= 16; seed++) {
		struct scene *sc = scene_new(seed);

		sc->theta = S;
		sc->client_step_at = 30 * S;
		sc->client_step = steps[seed % 4] * MS;
		check_split(sc, 2, MS);
		free(sc);
	}
}

/* The same path before and after, though another one got shorter. */
static void test_step_keeps_path(void **state)
{
	struct scene *sc = scene_new(12);
	struct clock_estimate est;

	(void)state;
	sc->n_steps = 1;
	sc->step_at[0] = 30 * S;
	sc->step[0] = 100 * MS;
	sc->change_at = 45 * S;
	sc->change[0] = sc->change[1] = -20 * MS;
	estimate(sc, &est);
	assert_int_equal(est.correction, CLOCK_STEP);
	assert_int_equal(est.n_segments, 2);
	assert_int_equal(est.segments[0].path, 0);
	assert_int_equal(est.segments[1].path, 0);
	assert_true(llabs(est.segments[1].path_rtt_min - 20 * MS) < MS);
	assert_true(llabs(est.segments[1].rtt_min - 10 * MS) < MS);
	clock_estimate_release(&est);
	free(sc);
}

/* A path gets longer or shorter; clocks stay as they are. */
static void test_path_change(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 48; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;

		sc->theta = seed % 2 ? 0 : S;
		sc->change_at = (int64_t)(15 + random_below(30)) * S;
		sc->change[seed % 3 == 0] = 30 * MS;
		sc->change[seed % 3 == 1] += seed % 3 ? 30 * MS : 0;
		sc->n_paths = seed % 4 < 2 ? 1 : 2;
		estimate(sc, &est);
		assert_int_equal(est.correction,
				 sc->theta ? CLOCK_OFFSET : CLOCK_NONE_NEEDED);
		check_bounds(est.segments, sc);
		check_theta(&est, sc, 0, sc->length, MS / 4);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* One path's delays move like a clock, the other one's contradict. */
static void test_paths_disagree(void **state)
{
	struct scene *sc = scene_new(8);
	struct clock_estimate est;

	(void)state;
	sc->theta = S;
	sc->delay[1][1] = 45 * MS;
	sc->change_at = 30 * S;
	sc->change[0] = 20 * MS;
	sc->change[1] = -20 * MS;
	estimate(sc, &est);
	assert_int_equal(est.correction, CLOCK_OFFSET);
	assert_int_equal(est.n_segments, 1);
	check_bounds(est.segments, sc);
	clock_estimate_release(&est);
	free(sc);
}

/* Between two times a queue, in the middle it goes to the other direction. */
static void add_queue(struct scene *sc, int64_t from, int64_t to,
		      uint32_t spread)
{
	for (size_t i = 0; i < sc->n; i++) {
		struct clock_pair *p = &sc->pairs[i];
		int64_t queue = (30 + random_below(spread)) * MS;
		int64_t t = p->client_time - START;

		if (t < from || t > to)
			continue;
		if (p->direction == TO_SERVER && t <= (from + to) / 2)
			p->server_time += queue;
		else if (p->direction == TO_CLIENT && t > (from + to) / 2)
			p->client_time += queue;
	}
}

/*
 * On all paths: midpoints jump, round trip times stay.  What shows that this is
 * no clock is that the queue varies, or that there were times without it.
 */
static void test_queue_moves(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;

		sc->theta = S;
		play(sc);
		if (seed % 2)
			add_queue(sc, 0, sc->length, 30);
		else
			add_queue(sc, 10 * S, 50 * S, 1);
		clock_estimate(&est, sc->pairs, sc->n, &automatic);
		assert_int_equal(est.correction, CLOCK_OFFSET);
		assert_int_equal(est.n_segments, 1);
		check_bounds(est.segments, sc);
		check_theta(&est, sc, 0, sc->length, MS / 4);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* ----------------------------------------------------------------- refusals */

static void test_one_direction(void **state)
{
	(void)state;
	for (int d = 0; d < 2; d++) {
		struct scene *sc = scene_new(3);
		struct clock_estimate est;
		int64_t least = INT64_MAX, theta = 0, delay = 0;
		size_t n = 0;

		sc->theta = 5 * S;
		play(sc);
		for (size_t i = 0; i < sc->n; i++)
			if ((int)sc->pairs[i].direction == d)
				sc->pairs[n++] = sc->pairs[i];
		sc->n = n;
		clock_estimate(&est, sc->pairs, n, &automatic);
		assert_int_equal(est.correction, CLOCK_ONE_DIRECTION);
		assert_true(est.applied && est.relative);
		assert_int_equal(est.n_segments, 0);
		assert_int_equal(clock_theta(&est, START, &theta), -1);
		assert_int_equal(clock_correct(&est, START, &theta), -1);
		assert_true(check_delays(&est, sc) == n);
		for (size_t i = 0; i < n; i++) {
			const struct clock_pair *p = &sc->pairs[i];

			assert_int_equal(clock_delay(&est, p->direction,
						     p->client_time,
						     p->server_time, &delay),
					 0);
			least = delay < least ? delay : least;
		}
		assert_int_equal(least, 0);
		clock_estimate_release(&est);
		free(sc);
	}
}

static void test_relative(void **state)
{
	static const struct clock_pair p[] = {
		{ START, START + 100, TO_SERVER, 0 },
		{ START + 10, START + 80, TO_SERVER, 0 },
		{ START + 20, START + 120, TO_CLIENT, 0 },
		{ START + 90, START + 120, TO_CLIENT, 0 },
	};
	const struct clock_options options = { .relative = 1 };
	const int64_t expected[] = { 30, 0, 0, 70 };
	struct clock_estimate est;

	(void)state;
	clock_estimate(&est, p, 4, &options);
	assert_int_equal(est.correction, CLOCK_RELATIVE);
	for (size_t i = 0; i < 4; i++) {
		int64_t delay = -1;

		assert_int_equal(clock_delay(&est, p[i].direction,
					     p[i].client_time, p[i].server_time,
					     &delay),
				 0);
		assert_int_equal(delay, expected[i]);
	}
	clock_estimate_release(&est);
}

/* Packets matched with others: no clock fits. */
static void test_wrong_matches(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;
		int64_t delay = 0;

		sc->theta = S;
		sc->length = 30 * S;
		play(sc);
		random_state = seed + 1000;
		for (uint64_t i = 0; i < (seed % 2 ? 1 : 40); i++) {
			struct clock_pair *p =
				&sc->pairs[random_below((uint32_t)sc->n)];

			p->server_time +=
				(p->direction == TO_SERVER ? -S : S) / 2;
		}
		clock_estimate(&est, sc->pairs, sc->n, &automatic);
		assert_int_equal(est.correction, CLOCK_INFEASIBLE);
		assert_int_equal(est.applied, 0);
		assert_int_equal(
			clock_delay(&est, TO_SERVER, START, START, &delay), -1);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* One wrong match beside a path change does not make that a step. */
static void test_wrong_match_at_change(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct scene *sc = scene_new(seed);
		struct clock_estimate est;

		sc->theta = S;
		sc->n_paths = 1;
		sc->change_at = 30 * S;
		sc->change[seed % 2] = 30 * MS;
		play(sc);
		for (size_t i = 0; i < sc->n; i++)
			if (sc->pairs[i].client_time - START > 30100 * MS) {
				sc->pairs[i].server_time +=
					sc->pairs[i].direction == TO_SERVER ? -S
									    : S;
				break;
			}
		clock_estimate(&est, sc->pairs, sc->n, &automatic);
		assert_int_equal(est.correction, CLOCK_INFEASIBLE);
		assert_int_equal(est.n_segments, 1);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* Faster than any clock; one of them could be just at the limit. */
static void test_too_fast(void **state)
{
	static const double ppm[] = { 3000, 700, -700 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct scene *sc = scene_new(4);
		struct clock_estimate est;

		sc->theta = S;
		sc->ppm = ppm[i];
		sc->jitter = MS / 10;
		play(sc);
		clock_estimate(&est, sc->pairs, sc->n, &automatic);
		assert_int_equal(est.applied, 0);
		assert_int_equal(est.correction, CLOCK_INFEASIBLE);
		clock_estimate_release(&est);
		free(sc);
	}
}

/* Seven of a direction do not make an offset, eight do. */
static void test_too_few(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 9; n++) {
		struct clock_pair p[18];
		struct clock_estimate est;
		int64_t delay = 0;

		for (size_t i = 0; i < 2 * n; i++) {
			int to_client = i % 2;

			p[i].client_time = START + (int64_t)i * MS;
			p[i].server_time =
				p[i].client_time + S + (to_client ? -MS : MS);
			p[i].direction = to_client ? TO_CLIENT : TO_SERVER;
			p[i].path = 3;
		}
		clock_estimate(&est, p, 2 * n, &automatic);
		assert_int_equal(est.correction,
				 n < 8 ? CLOCK_TOO_FEW : CLOCK_OFFSET);
		assert_int_equal(clock_delay(&est, TO_SERVER, START,
					     START + S + 5, &delay),
				 n < 8 ? -1 : 0);
		assert_int_equal(delay, n < 8 ? 0 : 5);
		clock_estimate_release(&est);
	}
}

/* --------------------------------------------------------- given by the user
 */

static void test_given(void **state)
{
	struct scene *sc = scene_new(7);
	struct clock_options o = { .has_offset = 1, .offset = 2 * S };
	struct clock_estimate est;

	(void)state;
	sc->theta = 2 * S;
	sc->ppm = 90;
	play(sc);
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_GIVEN);
	assert_true(est.negative == 0 && est.applied);
	o.has_skew = 1;
	o.skew_ppm = 90;
	clock_estimate_release(&est);
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_GIVEN);
	check_theta(&est, sc, 0, sc->length, 10);
	assert_true(check_delays(&est, sc) == sc->n);
	clock_estimate_release(&est);

	o.offset = 0; /* given, so used, though it cannot be right */
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_GIVEN);
	assert_true(est.negative > sc->n / 3 && est.negative < 2 * sc->n / 3);
	clock_estimate_release(&est);

	o.has_offset = 0; /* the skew alone */
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_GIVEN);
	check_theta(&est, sc, 0, sc->length, MS / 4);
	assert_true(check_delays(&est, sc) == sc->n && est.negative == 0);
	clock_estimate_release(&est);

	o.skew_ppm = -5000;
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_INFEASIBLE);
	clock_estimate_release(&est);
	o.skew_ppm = NAN;
	clock_estimate(&est, sc->pairs, sc->n, &o);
	assert_int_equal(est.correction, CLOCK_INFEASIBLE);
	clock_estimate_release(&est);
	free(sc);
}

/* server's stamp -> client's clock -> theta there -> server's stamp */
static void test_correct(void **state)
{
	struct scene *sc = scene_new(9);
	struct clock_estimate est;

	(void)state;
	sc->theta = 3 * S;
	sc->ppm = -120;
	sc->n_steps = 1;
	sc->step_at[0] = 30 * S;
	sc->step[0] = 400 * MS;
	estimate(sc, &est);
	assert_int_equal(est.n_segments, 2);
	for (size_t i = 0; i < sc->n; i++) {
		const struct clock_pair *p = &sc->pairs[i];
		int64_t c = 0, theta = 0, delay = 0, t = p->client_time - START;

		if (llabs(t - 30 * S) < S)
			continue;
		assert_int_equal(clock_correct(&est, p->server_time, &c), 0);
		assert_int_equal(clock_theta(&est, c, &theta), 0);
		assert_true(llabs(c + theta - p->server_time) <= 1);
		assert_int_equal(clock_delay(&est, p->direction, p->client_time,
					     p->server_time, &delay),
				 0);
		/* The same delay by way of the corrected stamp. */
		c -= p->client_time;
		assert_true(llabs((p->direction == TO_SERVER ? c : -c) -
				  delay) <= 2);
	}
	clock_estimate_release(&est);
	free(sc);
}

/* ------------------------------------------------------------------- hostile
 */

static int64_t hostile_time(uint32_t kind)
{
	int64_t t = (int64_t)random_below(1000) - 500;

	switch (kind) {
	case 0: return INT64_MAX - random_below(3);
	case 1: return INT64_MIN + random_below(3);
	case 2: return ((int64_t)1 << 62) + t;
	case 3: return t;
	case 4: return START + t * MS;
	case 5: return START + 3;
	default: return (int64_t)random_below(1u << 31) << 31;
	}
}

static void use_all(const struct clock_estimate *est,
		    const struct clock_pair *p, size_t n)
{
	int promised = est->correction == CLOCK_NONE_NEEDED ||
		       est->correction == CLOCK_OFFSET ||
		       est->correction == CLOCK_OFFSET_SKEW ||
		       est->correction == CLOCK_STEP || est->relative;

	for (size_t i = 0; i < est->n_segments; i++)
		if (est->correction != CLOCK_GIVEN)
			check_offset(&est->segments[i]);
	for (size_t i = 0; i < n; i++) {
		int64_t out = 0;
		int in = p[i].client_time >= 0 && p[i].server_time >= 0 &&
			 p[i].client_time >> 62 == 0 &&
			 p[i].server_time >> 62 == 0;

		if (clock_delay(est, p[i].direction, p[i].client_time,
				p[i].server_time, &out) == 0 &&
		    promised && in)
			assert_true(out >= 0);
		(void)!clock_theta(est, p[i].client_time, &out);
		(void)!clock_correct(est, p[i].server_time, &out);
		(void)!clock_raw_delay(p[i].direction, p[i].client_time,
				       p[i].server_time, &out);
	}
}

static void test_hostile(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 1500; seed++) {
		struct clock_pair p[120];
		struct clock_estimate est;
		struct clock_options o = { 0 };
		size_t n = seed % 120;

		random_state = seed;
		uint32_t mix = 1 + random_below(7), first = random_below(7);

		for (size_t i = 0; i < n; i++) {
			p[i].client_time =
				hostile_time((first + random_below(mix)) % 7);
			p[i].server_time =
				hostile_time((first + random_below(mix)) % 7);
			p[i].direction = (enum direction)random_below(2);
			p[i].path = random_below(4) ? 0 : UINT32_MAX - 1;
		}
		o.relative = seed % 7 == 0;
		o.has_skew = seed % 5 == 0;
		o.skew_ppm = (random_below(2) ? 1 : -1) * CLOCK_SKEW_GIVEN_MAX;
		o.has_offset = seed % 6 == 0;
		o.offset = hostile_time(random_below(7));
		clock_estimate(&est, p, n, &o);
		assert_true(est.pairs + est.pairs_wrong == n);
		use_all(&est, p, n);
		clock_estimate_release(&est);
	}
}

static void test_same_time(void **state)
{
	struct clock_pair p[40];
	struct clock_estimate est;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		p[i] = (struct clock_pair){
			START, START + S + (i % 2 ? -1 : 1) * (int64_t)(5 + i),
			i % 2 ? TO_CLIENT : TO_SERVER, 1
		};
	clock_estimate(&est, p, 40, &automatic);
	assert_int_equal(est.correction, CLOCK_OFFSET);
	assert_int_equal(est.segments->rtt_min, 11);
	assert_true(isinf(est.segments->skew_lo));
	assert_true(isinf(est.segments->skew_hi));
	assert_true(est.segments->flat_lo == S - 6);
	assert_true(est.segments->flat_hi == S + 5);
	clock_estimate_release(&est);
}

static void test_raw(void **state)
{
	int64_t delay = 0;

	(void)state;
	assert_int_equal(clock_raw_delay(TO_SERVER, 5, 12, &delay), 0);
	assert_int_equal(delay, 7);
	assert_int_equal(clock_raw_delay(TO_CLIENT, 5, 12, &delay), 0);
	assert_int_equal(delay, -7);
	assert_int_equal(clock_raw_delay(TO_SERVER, -2, INT64_MAX, &delay), -1);
	assert_int_equal(clock_raw_delay(TO_CLIENT, 0, INT64_MIN, &delay), -1);
	for (int v = CLOCK_TOO_FEW; v <= CLOCK_INFEASIBLE; v++) {
		assert_non_null(
			clock_correction_name((enum clock_correction)v));
		assert_non_null(
			clock_correction_text((enum clock_correction)v));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_bounds_by_hand),
		cmocka_unit_test(test_constant),
		cmocka_unit_test(test_one_clock),
		cmocka_unit_test(test_skew),
		cmocka_unit_test(test_asymmetry),
		cmocka_unit_test(test_other_path_forbids),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_short_step),
		cmocka_unit_test(test_several_steps),
		cmocka_unit_test(test_steps_side_by_side),
		cmocka_unit_test(test_step_near_ends),
		cmocka_unit_test(test_client_step),
		cmocka_unit_test(test_step_keeps_path),
		cmocka_unit_test(test_path_change),
		cmocka_unit_test(test_paths_disagree),
		cmocka_unit_test(test_queue_moves),
		cmocka_unit_test(test_one_direction),
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_wrong_matches),
		cmocka_unit_test(test_wrong_match_at_change),
		cmocka_unit_test(test_too_fast),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_correct),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_same_time),
		cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
