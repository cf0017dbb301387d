/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart/cells.h"
#include "chart/dots.h"
#include "chart/textfit.h"

#define WIDE "\xe6\xbc\xa2"	   /* a character of two cells */
#define ACCENT "\xcc\x81"	   /* of none */
#define OVERRIDE "\xe2\x80\xae"	   /* the same, and dangerous */
#define UNKNOWN "\xf4\x8f\xbf\xbf" /* no character at all */

static void expect_page(const struct cells *p, const char *want)
{
	char *got = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&got, &n);

	cells_print(p, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(got, want);
	free(got);
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(text_width("ab" WIDE ACCENT, 1, TEXT_CELLS), 4);
	assert_int_equal(text_width(UNKNOWN "x", 1, TEXT_CELLS), 2);
	assert_int_equal(text_width("", 1, TEXT_CELLS), 0);
}

static void test_text(void **state)
{
	struct cells p;

	(void)state;
	cells_init(&p, 6, 2, false, 0);
	cells_text(&p, 1, 0, "a" ACCENT OVERRIDE "b" UNKNOWN, CHART_INK, false);
	cells_text(&p, -1, 1, "xy" WIDE "zzzzzz", CHART_INK, false);
	cells_text(&p, 0, 2, "below", CHART_INK, false);
	assert_false(cells_is_blank(&p, 1, 0));
	assert_true(cells_is_blank(&p, 0, 0));
	assert_false(cells_is_blank(&p, 0, 2));
	expect_page(&p, " ab?\ny" WIDE "zzz\n");
	cells_release(&p);
	cells_init(&p, 3, 1, false, 0);
	cells_text(&p, 2, 0, WIDE, CHART_INK, false); /* has no room */
	expect_page(&p, "\n");
	cells_release(&p);
}

static void test_ascii(void **state)
{
	struct cells p;

	(void)state;
	cells_init(&p, 40, 1, true, 0);
	cells_text(&p, 0, 0,
		   "\xe2\x88\x92"
		   "2\xc3\x97"
		   "10\xe2\x81\xbb\xc2\xb9\xe2\x81\xb6 10\xc2\xb3 "
		   "10\xc2\xb5s a\xe2\x80\xa6 " WIDE "3\xc3\x97"
		   "4",
		   CHART_INK, false);
	expect_page(&p, "-2e-16 1e3 10us a~ ?3x4\n");
	cells_release(&p);
}

static void test_dots(void **state)
{
	struct cells p;

	(void)state;
	cells_init(&p, 3, 1, false, 0);
	for (int row = 0; row < 4; row++)
		cells_dots(&p, 0, 0, cells_dot(0, row), 0, CELLS_OVER);
	cells_dots(&p, 1, 0, cells_dot(1, 3), 0, CELLS_OVER);
	cells_dots(&p, 2, 0, 0, 0, CELLS_OVER);
	expect_page(&p, "\xe2\xa1\x87\xe2\xa2\x80\n"); /* U+2847 U+2880 */
	cells_release(&p);
}

/* An area has the colour of most dots; a line stands before it. */
static void test_mix(void **state)
{
	struct cells p;

	(void)state;
	cells_init(&p, 3, 1, false, 16);
	for (int x = 0; x < 3; x++)
		cells_dots(&p, x, 0, 0xc6, 1, CELLS_FILL);
	cells_dots(&p, 0, 0, 0x09, 2, CELLS_FILL);
	cells_dots(&p, 1, 0, 0x3f, 2, CELLS_FILL);
	cells_dots(&p, 2, 0, 0x09, 2, CELLS_OVER);
	expect_page(&p, "\033[0;31m\xe2\xa3\x8f\033[0;32m\xe2\xa3\xbf"
			"\xe2\xa0\x89\033[0m\n");
	cells_release(&p);
}

/* The dots of a series, as rows of text. */
static void expect_dots(enum chart_style style, bool log, const char *want)
{
	static const struct chart_point points[] = {
		{ 0, 2, 10 },
		{ 2, 120, 60 },
		{ 3, NAN, NAN },
		{ 4, 20, 5 },
	};
	struct scale x = { .to = 5, .at_end = 5 };
	struct scale y = {
		.from = log ? 1 : 0, .to = log ? 1000 : 150, .at = 3, .log = log
	};
	struct chart_series s = { .style = style,
				  .points = (struct chart_point *)points,
				  .n = 4 };
	struct dots d;
	char got[32], *at = got;

	dots_init(&d, 5, 3);
	dots_draw(&d, &x, &y, &s, false);
	for (int row = 0; row < 3; row++) {
		for (int column = 0; column < 5; column++)
			*at++ = dots_get(&d, column, row) ? '#' : '.';
		*at++ = row < 2 ? '|' : '\0';
	}
	dots_release(&d);
	assert_string_equal(got, want);
}

static void test_series(void **state)
{
	(void)state;
	expect_dots(CHART_POINTS, false, "..#..|.....|#...#");
	expect_dots(CHART_POINTS, true, "..#..|....#|#....");
	expect_dots(CHART_LINE, false, "..#..|.#...|#...#");
	expect_dots(CHART_STEP, false, "..##.|..#..|###.#");
	expect_dots(CHART_SEGMENTS, false, "..#..|..#..|#...#");
	expect_dots(CHART_AREA, false, "..#..|..#..|##...");
	expect_dots(CHART_BARS, false, "..###|..###|#####");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths), cmocka_unit_test(test_text),
		cmocka_unit_test(test_ascii),  cmocka_unit_test(test_dots),
		cmocka_unit_test(test_mix),    cmocka_unit_test(test_series),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
