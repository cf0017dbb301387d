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

static struct chart chart_of(int theme)
{
	return (struct chart){ .theme = (enum chart_theme)theme };
}

static void test_distinct(void **state)
{
	(void)state;
	for (int theme = CHART_LIGHT; theme <= CHART_DARK; theme++) {
		const struct chart c = chart_of(theme);

		for (int a = 0; a < PALETTE_SIZE; a++)
			for (int eye = 0; eye < 3; eye++) {
				for (int b = 0; b < a; b++)
					assert_true(
						difference(theme_colour(&c, a),
							   theme_colour(&c, b),
							   eye) > 14);
				assert_true(
					difference(
						theme_colour(&c, a),
						theme_colour(&c, CHART_ACCENT),
						eye) > 14);
			}
	}
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
		assert_true(contrast(t->accent, t->background) > 3);
		assert_true(contrast(t->grid, t->background) < 1.6);
	}
}

/* A dash says something else than who it is: it is the same for all colours. */
static void test_dashes(void **state)
{
	struct chart_series a = { .style = CHART_LINE };
	const struct dash *seen[DASHES] = { NULL };

	(void)state;
	assert_int_equal(theme_dash(&a)->n, 0);
	for (a.dash = 0; a.dash < DASHES; a.dash++) {
		a.colour = 0;
		seen[a.dash] = theme_dash(&a);
		for (a.colour = CHART_ACCENT; a.colour < 40; a.colour++)
			assert_ptr_equal(theme_dash(&a), seen[a.dash]);
		for (int b = 0; b < a.dash; b++)
			assert_ptr_not_equal(seen[b], seen[a.dash]);
	}
}

static void test_print_is_grey(void **state)
{
	const struct chart c = chart_of(CHART_PRINT);

	(void)state;
	for (int i = CHART_ACCENT; i < PALETTE_SIZE; i++) {
		struct colour one = theme_colour(&c, i);
		struct colour area = theme_fill(&c, i);

		assert_true(one.r == one.g && one.g == one.b);
		assert_true(area.r == area.g && area.g == area.b);
	}
	/* Areas that lie on each other differ from their neighbours. */
	for (int i = 1; i < PALETTE_SIZE; i++)
		assert_true(difference(theme_fill(&c, i), theme_fill(&c, i - 1),
				       0) > 14);
}

static bool is_same(struct colour a, struct colour b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b && a.alpha == b.alpha;
}

static bool is_alike(const struct chart *c, const struct chart_series *a,
		     const struct chart_series *b)
{
	struct colour one = theme_colour(c, a->colour);
	struct colour other = theme_colour(c, b->colour);

	if (a->style == CHART_AREA) {
		one = theme_fill(c, a->colour);
		other = theme_fill(c, b->colour);
	} else if (a->style == CHART_POINTS) {
		one = theme_outline(c, a->colour);
		other = theme_outline(c, b->colour);
	}
	return is_same(one, other) && theme_marker(c, a) == theme_marker(c, b);
}

/* Ten of whatever is drawn look different in each theme, and so do more of
   what has markers. */
static void test_many(void **state)
{
	static const struct {
		enum chart_style style;
		int themes, many; /* all themes, or those with colours */
	} kinds[] = {
		{ CHART_LINE, CHART_PRINT, 20 },
		{ CHART_STEP, CHART_PRINT, 20 },
		{ CHART_SEGMENTS, CHART_PRINT, 20 },
		{ CHART_POINTS, CHART_PRINT, 10 },
		{ CHART_POINTS, CHART_DARK, 40 },
		{ CHART_AREA, CHART_PRINT, 10 },
		{ CHART_AREA, CHART_DARK, 20 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (int theme = CHART_LIGHT; theme <= kinds[k].themes;
		     theme++) {
			const struct chart c = chart_of(theme);
			struct chart_series a = { .style = kinds[k].style };
			struct chart_series b = a;

			for (a.colour = 0; a.colour < kinds[k].many; a.colour++)
				for (b.colour = 0; b.colour < a.colour;
				     b.colour++)
					assert_true(!is_alike(&c, &a, &b));
		}
}

static void test_markers(void **state)
{
	struct chart_series a = { .style = CHART_POINTS }, b = a;
	struct chart light = chart_of(CHART_LIGHT);
	struct chart print = chart_of(CHART_PRINT);

	(void)state;
	b.colour = 1;
	assert_int_equal(theme_marker(&light, &b), CHART_DOT);
	assert_int_not_equal(theme_marker(&print, &a),
			     theme_marker(&print, &b));
	/* Along lines, too, the same for the same colour. */
	b.style = CHART_LINE;
	assert_int_equal(theme_marker(&light, &b), CHART_MARKER_NONE);
	a.colour = 1;
	assert_int_equal(theme_marker(&print, &b), theme_marker(&print, &a));
	b.marker = CHART_SQUARE;
	assert_int_equal(theme_marker(&light, &b), CHART_SQUARE);
	/* A cross is what is lost: of no colour. */
	for (a.colour = 0; a.colour < 40; a.colour++)
		for (int which = CHART_LIGHT; which <= CHART_PRINT; which++) {
			const struct chart c = chart_of(which);

			assert_int_not_equal(theme_marker(&c, &a), CHART_CROSS);
		}
	a.colour = CHART_INK;
	assert_int_equal(theme_marker(&light, &a), CHART_DOT);
	assert_int_equal(theme_marker(&print, &a), CHART_DOT);
}

/* In print, what is below others is lighter and broader than all of them, and a
   cross tells subflows apart by its grey. */
static void test_print_overlap(void **state)
{
	struct chart print = chart_of(CHART_PRINT),
		     light = chart_of(CHART_LIGHT);
	struct chart_series whole = { .colour = CHART_WHOLE, .weight = 1.6 };
	struct chart_series part = { .weight = 1 };
	struct chart_series lost[2] = {
		{ .style = CHART_POINTS, .marker = CHART_CROSS, .colour = 0 },
		{ .style = CHART_POINTS, .marker = CHART_CROSS, .colour = 1 }
	};

	(void)state;
	for (part.colour = 0; part.colour < PALETTE_SIZE; part.colour++)
		assert_true(theme_colour(&print, part.colour).r + 30 <
			    theme_colour(&print, CHART_WHOLE).r);
	assert_true(theme_weight(&print, &whole) >
		    2 * theme_weight(&print, &part));
	assert_true(theme_weight(&light, &whole) == 1.6);
	assert_true(is_same(theme_colour(&light, CHART_WHOLE),
			    theme_of(CHART_LIGHT)->ink));
	assert_false(is_same(theme_marks(&print, &lost[0]),
			     theme_marks(&print, &lost[1])));
}

/* Colours of a user are taken as they are, and begin again with a marker. */
static void test_own(void **state)
{
	static const struct chart_rgb own[] = { { 1, 2, 3 }, { 200, 5, 6 } };
	struct chart_series s = { .style = CHART_LINE };

	(void)state;
	for (int theme = CHART_LIGHT; theme <= CHART_PRINT; theme++) {
		struct chart c = chart_of(theme);

		c.palette = own;
		c.n_palette = 2;
		assert_true(is_same(theme_colour(&c, 3),
				    (struct colour){ 200, 5, 6, 1 }));
		assert_true(is_same(theme_outline(&c, 0),
				    (struct colour){ 1, 2, 3, 1 }));
		assert_true(is_same(theme_colour(&c, CHART_INK),
				    theme_of(c.theme)->ink));
		s.colour = 3;
		assert_int_not_equal(theme_marker(&c, &s), CHART_MARKER_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_dashes),
		cmocka_unit_test(test_print_is_grey),
		cmocka_unit_test(test_print_overlap),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_markers),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
