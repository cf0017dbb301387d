/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_scale.c - ranges of axes, and values to positions
 * (chart/scale.h).
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

#include "chart/scale.h"

static void expect_range(const struct chart *c, int y, double from, double to)
{
	struct scale s = scale_range(c, y);

	if (fabs(s.from - from) > 1e-9 * fabs(from) ||
	    fabs(s.to - to) > 1e-9 * fabs(to))
		fail_msg("%.17g to %.17g, not %g to %g", s.from, s.to, from,
			 to);
}

/* A chart with one line through the points (0, ys[0]), (1, ys[1]), ... */
static struct chart line(const double *ys, size_t n)
{
	struct chart c;
	struct chart_series *s;

	chart_init(&c);
	s = chart_add_series(&c, CHART_LINE, NULL);
	for (size_t i = 0; i < n; i++)
		chart_add_point(s, (double)i, ys[i]);
	return c;
}

#define LINE(...)                                                              \
	line((const double[]){ __VA_ARGS__ },                                  \
	     sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double))

static void test_linear(void **state)
{
	const struct scale s = {
		.from = 10, .to = 20, .at = 500, .at_end = 100
	};

	(void)state;
	assert_true(scale_pixel(&s, 10) == 500);
	assert_true(scale_pixel(&s, 20) == 100);
	assert_true(scale_pixel(&s, 12.5) == 400);
	assert_true(scale_pixel(&s, 30) == -300);
}

static void test_log(void **state)
{
	const struct scale s = {
		.from = 1, .to = 1e4, .at_end = 400, .log = 1
	};

	(void)state;
	assert_true(fabs(scale_pixel(&s, 1)) < 1e-9);
	assert_true(fabs(scale_pixel(&s, 100) - 200) < 1e-9);
	assert_true(fabs(scale_pixel(&s, 0.1) + 100) < 1e-9);
	assert_true(isnan(scale_pixel(&s, 0)));
	assert_true(isnan(scale_pixel(&s, -1)));
}

static void test_automatic(void **state)
{
	struct chart c = LINE(0, 100);

	(void)state;
	expect_range(&c, 0, 0, 1.015);
	expect_range(&c, 1, 0, 104);
	chart_release(&c);
	c = LINE(20, 100); /* near to 0 */
	expect_range(&c, 1, 0, 104);
	chart_release(&c);
	c = LINE(50, 100); /* not so near */
	expect_range(&c, 1, 48, 102);
	chart_release(&c);
	c = LINE(-100, 100);
	expect_range(&c, 1, -108, 108);
	chart_release(&c);
	c = LINE(7, 7);
	expect_range(&c, 1, 6.5, 7.5);
	chart_release(&c);
	c = LINE(0.25, 0.75, NAN);
	c.y.unit = CHART_RATIO;
	expect_range(&c, 1, 0, 1.04);
	chart_release(&c);
	c = LINE(NAN, INFINITY);
	expect_range(&c, 1, 0, 1.04);
	chart_release(&c);
}

static void test_fixed(void **state)
{
	struct chart c = LINE(0, 100, 50, 30);

	(void)state;
	c.x.from = 1.5;
	expect_range(&c, 0, 1.5, 3.045);
	expect_range(&c, 1, 29.2, 50.8); /* of what is seen */
	c.x.to = 1.75;
	expect_range(&c, 0, 1.5, 1.75);
	c.y.from = 1000; /* above all data */
	expect_range(&c, 1, 1000, 1050);
	c.y.from = NAN;
	c.y.to = -1000; /* below */
	expect_range(&c, 1, -1050, -1000);
	c.y.from = c.y.to = 0;
	expect_range(&c, 1, 0, 1);
	chart_release(&c);
}

static void test_logarithmic(void **state)
{
	struct chart c = LINE(0, 1, 1e4, -5);
	double pad = pow(1e4, 0.02);

	(void)state;
	c.y.log = 1;
	expect_range(&c, 1, 1 / pad, 1e4 * pad);
	c.y.from = -3; /* has no place */
	assert_true(scale_range(&c, 1).from > 0);
	chart_release(&c);
	c = LINE(50);
	c.y.log = 1;
	expect_range(&c, 1, 25, 100);
	chart_release(&c);
}

static void test_bars_and_marks(void **state)
{
	struct chart c;
	struct chart_series *s;

	(void)state;
	chart_init(&c);
	s = chart_add_series(&c, CHART_BARS, NULL);
	chart_add_bar(s, 10, 20, 50);
	chart_add_bar(s, 20, 30, 60);
	expect_range(&c, 0, 9.7, 30.3);
	expect_range(&c, 1, 0, 62.4);
	chart_add_mark(&c, 50, "late", 0);
	expect_range(&c, 0, 9.4, 50.6);
	chart_release(&c);
}

/* Whatever the values are, the range can be drawn. */
static void test_extremes(void **state)
{
	const double values[] = { 0,	     1,	     -1,     1e308,
				  -1e308,    5e-324, 1e-300, INFINITY,
				  -INFINITY, NAN,    1e18,   1e18 + 128 };
	const size_t n = sizeof(values) / sizeof(values[0]);

	(void)state;
	for (size_t i = 0; i < n * n * n * 2; i++) {
		struct chart c = LINE(values[i / 2 % n], values[i / 2 / n % n]);
		struct scale s;

		c.y.log = i % 2;
		c.y.from = values[i / 2 / n / n];
		s = scale_range(&c, 1);
		assert_true(isfinite(s.from) && isfinite(s.to));
		assert_true(s.from < s.to);
		assert_true(isfinite(s.to - s.from));
		assert_true(!s.log || s.from > 0);
		chart_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_automatic),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_logarithmic),
		cmocka_unit_test(test_bars_and_marks),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
