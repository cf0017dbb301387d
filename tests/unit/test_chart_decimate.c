/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_decimate.c - what is left out of pictures (chart/decimate.h and
 * chart/clip.h).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart/clip.h"
#include "chart/decimate.h"

static uint64_t random_state;

static double random_unit(void)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 33) / 0x1p31;
}

enum {
	COLUMNS = 50,
	POINTS = 2000
};

/* Lowest, highest, first and last y of each column. */
struct column {
	double low, high, first, last;
	size_t n;
};

static void note(struct column *columns, double x, double y, double cell)
{
	long i = (long)fmin(fmax(floor(x / cell), -1), COLUMNS) + 1;
	struct column *c = &columns[i];

	if (c->n++ == 0)
		c->low = c->high = c->first = y;
	c->low = fmin(c->low, y);
	c->high = fmax(c->high, y);
	c->last = y;
}

static void check_line(size_t n, double cell)
{
	struct column in[COLUMNS + 2] = { { 0 } }, out[COLUMNS + 2] = { { 0 } };
	struct path path = { .points = NULL };
	struct decimate_line d;
	double x = -cell * 10, step = cell * (COLUMNS + 20) / (double)n;

	decimate_line_init(&d, &path, cell, 0, cell * COLUMNS - cell / 2);
	for (size_t i = 0; i < n; i++, x += 2 * step * random_unit()) {
		double y = random_unit() < 0.01 ? 1e6 * random_unit()
						: random_unit();

		note(in, x, y, cell);
		decimate_line_add(&d, x, y);
	}
	decimate_line_end(&d);
	for (size_t i = 0; i < path.n; i++) {
		assert_int_equal(path.points[i].start, i == 0);
		assert_true(i == 0 || path.points[i].x >= path.points[i - 1].x);
		note(out, path.points[i].x, path.points[i].y, cell);
	}
	for (size_t i = 0; i < COLUMNS + 2; i++) {
		assert_int_equal(in[i].n > 0, out[i].n > 0);
		assert_true(out[i].n <= 4 && out[i].n <= in[i].n);
		assert_true(in[i].low == out[i].low);
		assert_true(in[i].high == out[i].high);
		assert_true(in[i].first == out[i].first);
		assert_true(in[i].last == out[i].last);
	}
	path_release(&path);
}

static void test_line(void **state)
{
	(void)state;
	random_state = 1;
	for (int i = 0; i < 200; i++)
		check_line(1 + (size_t)(random_unit() * POINTS),
			   0.1 + random_unit());
}

static void expect_path(const struct path *p, const char *want)
{
	char text[512] = "";

	for (size_t i = 0; i < p->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%c%g,%g", i ? " " : "",
			 p->points[i].start ? 'M' : 'L', p->points[i].x,
			 p->points[i].y);
	assert_string_equal(text, want);
}

static void test_line_by_hand(void **state)
{
	struct path path = { .points = NULL };
	struct decimate_line d;

	(void)state;
	decimate_line_init(&d, &path, 1, 0, 10);
	decimate_line_add(&d, 0.1, 5);
	decimate_line_add(&d, 0.2, 9);
	decimate_line_add(&d, 0.3, 6);
	decimate_line_add(&d, 0.4, 1);
	decimate_line_add(&d, 0.5, 5);
	decimate_line_add(&d, 1.5, 3);
	decimate_line_add(&d, 1.6, NAN);
	decimate_line_add(&d, 1.7, 3.5);
	decimate_line_add(&d, NAN, 4);
	decimate_line_add(&d, 2.8, 4);
	decimate_line_add(&d, 2.9, NAN);
	decimate_line_end(&d);
	expect_path(&path,
		    "M0.1,5 L0.2,9 L0.4,1 L0.5,5 L1.5,3 L1.7,3.5 M2.8,4");
	path_release(&path);
}

/* Whether some bar covers (x, y), up to "off" px beside it. */
static int is_covered(const struct decimate_bar *bars, size_t n, double x,
		      double y, double off)
{
	for (size_t i = 0; i < n; i++)
		if (fabs(bars[i].x - x) <= off && bars[i].y0 <= y &&
		    bars[i].y1 >= y)
			return 1;
	return 0;
}

static size_t random_bars(struct decimate_bar *bars)
{
	size_t n = 1 + (size_t)(random_unit() * 300);

	for (size_t i = 0; i < n; i++) {
		bars[i].x = random_unit() * 20;
		bars[i].y0 = random_unit() * 100;
		bars[i].y1 = bars[i].y0 + random_unit() * 3;
	}
	return n;
}

static void test_bars(void **state)
{
	struct decimate_bar in[300], out[300];

	(void)state;
	random_state = 2;
	for (int round = 0; round < 300; round++) {
		double cell = 0.2 + random_unit() * 2, gap = random_unit();
		size_t n = random_bars(in), kept;

		memcpy(out, in, sizeof(in));
		kept = decimate_bars(out, n, cell, gap);
		/* Each end stays, at most half a column away. */
		for (size_t i = 0; i < n; i++) {
			assert_true(is_covered(out, kept, in[i].x, in[i].y0,
					       cell / 2 + 1e-9));
			assert_true(is_covered(out, kept, in[i].x, in[i].y1,
					       cell / 2 + 1e-9));
		}
		/* Nothing is made up: both ends were ends before. */
		for (size_t i = 0; i < kept; i++) {
			size_t ends = 0;

			for (size_t k = 0; k < n; k++)
				ends += (in[k].y0 == out[i].y0) +
					(in[k].y1 == out[i].y1);
			assert_true(ends >= 2);
		}
		for (size_t i = 1; i < kept; i++)
			assert_true(out[i].x > out[i - 1].x ||
				    out[i].y0 >= out[i - 1].y1 + gap);
	}
}

static void test_bars_by_hand(void **state)
{
	struct decimate_bar bars[] = {
		{ 5.1, 0, 1 },	   { 5.9, 1.4, 2 }, { 5.5, 2.6, 3 },
		{ 5.2, 0.2, 0.5 }, { 8.3, 7, 8 },
	};

	(void)state;
	/* 1 to 1.4 is closed, 2 to 2.6 is not; what is alone stays. */
	assert_int_equal(decimate_bars(bars, 5, 1, 0.5), 3);
	assert_true(bars[0].x == 5.5 && bars[0].y0 == 0 && bars[0].y1 == 2);
	assert_true(bars[1].x == 5.5 && bars[1].y0 == 2.6 && bars[1].y1 == 3);
	assert_true(bars[2].x == 8.3 && bars[2].y0 == 7 && bars[2].y1 == 8);
}

static void test_bars_limit(void **state)
{
	struct decimate_bar bars[300];

	(void)state;
	random_state = 3;
	for (int round = 0; round < 100; round++) {
		size_t n = random_bars(bars);

		assert_true(decimate_bars_to(bars, n, 0.1, 40) <= 40);
	}
}

static void test_points(void **state)
{
	struct decimate_point in[POINTS], out[POINTS];
	const struct box area = { -3, 7, 17, 21 };

	(void)state;
	random_state = 4;
	for (int round = 0; round < 50; round++) {
		double cell = 0.3 + random_unit() * 2;
		unsigned char seen[100 * 100] = { 0 };
		size_t want = 0, n;

		for (size_t i = 0; i < POINTS; i++) {
			in[i].x = -5 + random_unit() * 25;
			in[i].y = 5 + random_unit() * 20;
		}
		memcpy(out, in, sizeof(in));
		n = decimate_points(out, POINTS, &area, cell);
		for (size_t i = 0; i < POINTS; i++) {
			int column = (int)((in[i].x - area.x0) / cell);
			int row = (int)((in[i].y - area.y0) / cell);

			if (in[i].x < area.x0 || in[i].x > area.x1 ||
			    in[i].y < area.y0 || in[i].y > area.y1 ||
			    seen[row * 100 + column]++)
				continue;
			assert_true(want < n);
			assert_true(out[want].x == in[i].x);
			assert_true(out[want++].y == in[i].y);
		}
		assert_int_equal(n, want);
		n = decimate_points_to(in, POINTS, &area, 0.1, 60);
		assert_true(n <= 60 && n > 0);
	}
}

/* Those in front are apart from each other, all others too close to one of
   them, and none is lost. */
static void test_apart(void **state)
{
	const struct box area = { -2, 1, 8, 9 };
	struct decimate_point in[POINTS];

	(void)state;
	for (double distance = 0.3; distance < 20; distance *= 2) {
		double sum = 0, was = 0;
		size_t n = 0;

		for (size_t i = 0; i < POINTS; i++) {
			in[i].x = area.x0 + random_unit() * 10;
			in[i].y = area.y0 + pow(random_unit(), 3) * 8;
			was += in[i].x + 100 * in[i].y;
		}
		n = decimate_apart(in, POINTS, &area, distance);
		assert_in_range(n, 1, POINTS);
		for (size_t i = 0; i < POINTS; i++) {
			double nearest = INFINITY;

			for (size_t k = 0; k < n && k < i; k++)
				nearest =
					fmin(nearest, hypot(in[i].x - in[k].x,
							    in[i].y - in[k].y));
			assert_true(i < n ? nearest >= distance
					  : nearest < distance);
			sum += in[i].x + 100 * in[i].y;
		}
		assert_true(fabs(sum - was) < 1e-6);
	}
	assert_int_equal(decimate_apart(in, 0, &area, 1), 0);
}

static void test_clip(void **state)
{
	const struct box box = { 0, 0, 10, 10 };
	struct path in = { .points = NULL }, out = { .points = NULL };

	(void)state;
	path_move(&in, -5, 5);
	path_line(&in, 5, 5);
	path_line(&in, 5, 15);
	path_line(&in, 8, 15);
	path_line(&in, 8, 5);
	path_line(&in, 9, 15);
	path_line(&in, 9, 5);
	path_move(&in, 3, 3);
	path_move(&in, 30, 3);
	path_move(&in, -10, -10);
	path_line(&in, 20, 20);
	clip_lines(&in, &box, &out);
	expect_path(&out,
		    "M0,5 L5,5 L5,10 M8,10 L8,5 L8.5,10 M9,10 L9,5 M3,3 L3,3 "
		    "M0,0 L10,10");
	clip_clamp(&in, &box);
	expect_path(&in,
		    "M0,5 L5,5 L5,10 L8,10 L8,5 L9,10 L9,5 M3,3 M10,3 M0,0 "
		    "L10,10");
	path_release(&in);
	path_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_line_by_hand),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_bars_by_hand),
		cmocka_unit_test(test_bars_limit),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_clip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
