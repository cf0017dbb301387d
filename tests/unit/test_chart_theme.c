/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_theme.c - colours that can be told apart (chart/theme.h).
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

#include "chart/theme.h"

/* How the three kinds of cones see: all, or with one kind missing. */
static const double vision[3][3][3] = {
	{ { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
	/* Protanopia and deuteranopia by Machado et al., 2009. */
	{ { 0.152286, 1.052583, -0.204868 },
	  { 0.114503, 0.786281, 0.099216 },
	  { -0.003882, -0.048116, 1.051998 } },
	{ { 0.367322, 0.860646, -0.227968 },
	  { 0.280085, 0.672501, 0.047413 },
	  { -0.011820, 0.042940, 0.968881 } },
};

static double linear(double c)
{
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lab_part(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static void to_lab(struct colour c, int eye, double lab[3])
{
	const double rgb[3] = { linear(c.r / 255.0), linear(c.g / 255.0),
				linear(c.b / 255.0) };
	double s[3], x, y, z;

	for (int i = 0; i < 3; i++) {
		const double *m = vision[eye][i];

		s[i] = m[0] * rgb[0] + m[1] * rgb[1] + m[2] * rgb[2];
		s[i] = fmin(fmax(s[i], 0), 1);
	}
	x = lab_part((.4124 * s[0] + .3576 * s[1] + .1805 * s[2]) / .9505);
	y = lab_part(.2126 * s[0] + .7152 * s[1] + .0722 * s[2]);
	z = lab_part((.0193 * s[0] + .1192 * s[1] + .9505 * s[2]) / 1.089);
	lab[0] = 116 * y - 16;
	lab[1] = 500 * (x - y);
	lab[2] = 200 * (y - z);
}

static double difference(struct colour a, struct colour b, int eye)
{
	double p[3], q[3];

	to_lab(a, eye, p);
	to_lab(b, eye, q);
	return sqrt(pow(p[0] - q[0], 2) + pow(p[1] - q[1], 2) +
		    pow(p[2] - q[2], 2));
}

static double luminance(struct colour c)
{
	return .2126 * linear(c.r / 255.0) + .7152 * linear(c.g / 255.0) +
	       .0722 * linear(c.b / 255.0);
}

/* As WCAG defines it: 1 to 21. */
static double contrast(struct colour a, struct colour b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static void test_distinct(void **state)
{
	(void)state;
	for (int theme = CHART_LIGHT; theme <= CHART_DARK; theme++)
		for (int a = 0; a < PALETTE_SIZE; a++)
			for (int b = 0; b < a; b++)
				for (int eye = 0; eye < 3; eye++)
					assert_true(
						difference(
							theme_colour(theme, a),
							theme_colour(theme, b),
							eye) > 14);
}

static void test_contrast(void **state)
{
	(void)state;
	for (int theme = CHART_LIGHT; theme <= CHART_PRINT; theme++) {
		const struct theme *t = theme_of(theme);

		for (int i = 0; i < PALETTE_SIZE; i++)
			assert_true(contrast(t->palette[i], t->background) >
				    2.2);
		assert_true(contrast(t->ink, t->background) > 10);
		assert_true(contrast(t->muted, t->background) > 4.5);
		assert_true(contrast(t->grid, t->background) < 1.6);
	}
}

/* Series that share a colour have other dashes; so have all in print. */
static void test_dashes(void **state)
{
	struct chart_series a = { .dash = CHART_DASH_AUTO }, b = a;

	(void)state;
	assert_int_equal(theme_dash(CHART_LIGHT, &a)->n, 0);
	b.colour = PALETTE_SIZE - 1;
	assert_ptr_equal(theme_dash(CHART_LIGHT, &a),
			 theme_dash(CHART_LIGHT, &b));
	b.colour = PALETTE_SIZE;
	assert_ptr_not_equal(theme_dash(CHART_LIGHT, &a),
			     theme_dash(CHART_LIGHT, &b));
	for (a.colour = 0; a.colour < DASHES; a.colour++)
		for (b.colour = 0; b.colour < a.colour; b.colour++)
			assert_ptr_not_equal(theme_dash(CHART_PRINT, &a),
					     theme_dash(CHART_PRINT, &b));
	a.colour = CHART_MUTED;
	assert_int_equal(theme_dash(CHART_PRINT, &a)->n, 0);
	a.dash = 2;
	assert_int_not_equal(theme_dash(CHART_LIGHT, &a)->n, 0);
	/* What is the same thing another time has a dash of its own, too. */
	for (int which = CHART_LIGHT; which <= CHART_PRINT; which++)
		for (a.colour = 0; a.colour < DASHES / 2; a.colour++)
			for (b.colour = 0; b.colour < DASHES / 2; b.colour++) {
				a.dash = CHART_DASH_AUTO;
				b.dash = 1;
				assert_ptr_not_equal(theme_dash(which, &a),
						     theme_dash(which, &b));
			}
}

static void test_print_is_grey(void **state)
{
	(void)state;
	for (int i = CHART_MUTED; i < PALETTE_SIZE; i++) {
		struct colour c = theme_colour(CHART_PRINT, i);

		assert_true(c.r == c.g && c.g == c.b);
	}
}

static void test_markers(void **state)
{
	struct chart_series a = { .style = CHART_POINTS }, b = a;

	(void)state;
	b.colour = 1;
	assert_int_equal(theme_marker(CHART_LIGHT, &b), CHART_DOT);
	assert_int_not_equal(theme_marker(CHART_PRINT, &a),
			     theme_marker(CHART_PRINT, &b));
	b.style = CHART_LINE;
	assert_int_equal(theme_marker(CHART_PRINT, &b), CHART_MARKER_NONE);
	b.marker = CHART_SQUARE;
	assert_int_equal(theme_marker(CHART_LIGHT, &b), CHART_SQUARE);
	a.colour = CHART_INK;
	for (int which = CHART_LIGHT; which <= CHART_PRINT; which++)
		assert_int_equal(theme_marker(which, &a), CHART_DOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_dashes),
		cmocka_unit_test(test_print_is_grey),
		cmocka_unit_test(test_markers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
