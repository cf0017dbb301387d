/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/arguments.h"

/* A number of 40 digits. */
#define LONG "0000000000000000000000000000000000000800"

static void test_words(void **state)
{
	static const char *const words[] = { "light", "dark", NULL };

	(void)state;
	assert_int_equal(argument_word(words, "light"), 0);
	assert_int_equal(argument_word(words, "dark"), 1);
	assert_int_equal(argument_word(words, "dar"), -1);
	assert_int_equal(argument_word(words, "darker"), -1);
	assert_int_equal(argument_word(words, ""), -1);
}

static void test_integers(void **state)
{
	static const char *const bad[] = { "",	   "9",		"101", "-10",
					   "+10",  " 10",	"10 ", "1e1",
					   "10.0", "4294967306" };
	int n = 7;

	(void)state;
	assert_int_equal(argument_int("10", 10, 100, &n), 0);
	assert_int_equal(n, 10);
	assert_int_equal(argument_int("100", 10, 100, &n), 0);
	assert_int_equal(n, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_int(bad[i], 10, 100, &n), -1);
	assert_int_equal(n, 100);
}

static void test_sizes(void **state)
{
	static const char *const bad[] = { "",		"x",	    "800",
					   "800x",	"x600",	    "800x600x",
					   "800X600",	"0x600",    "800x-600",
					   "801x600",	"mm",	    "84x60m",
					   "84mmx60",	"300x60mm", "84x60 mm",
					   "8e2x1e400", LONG "x600" };
	/* An inch is 96 px, 25.4 mm, 2.54 cm, and 72 points. */
	static const struct {
		const char *text;
		double width, height;
	} good[] = {
		{ "800x600", 800, 600 },    { "640x480px", 640, 480 },
		{ "25.4x50.8mm", 96, 192 }, { "2.54x5.08cm", 96, 192 },
		{ "1x2.5in", 96, 240 },	    { "72x36pt", 96, 48 },
	};
	double w = 0, h = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(argument_size(good[i].text, 800, &w, &h), 0);
		assert_true(fabs(w - good[i].width) < 1e-9);
		assert_true(fabs(h - good[i].height) < 1e-9);
	}
	w = h = 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_size(bad[i], 800, &w, &h), -1);
	assert_true(w == 1 && h == 1);
}

static void test_quantities(void **state)
{
	static const char *const bad[] = { "",	 "k",	"-1", "0",
					   "1m", "1 M", "nan" };
	double x = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_quantity(bad[i], &x), -1);
	assert_true(x == 5);
	assert_int_equal(argument_quantity("250", &x), 0);
	assert_true(x == 250);
	assert_int_equal(argument_quantity("1.5k", &x), 0);
	assert_true(x == 1500);
	assert_int_equal(argument_quantity("20M", &x), 0);
	assert_true(x == 2e7);
}

static void test_colours(void **state)
{
	static const char *const bad[] = {
		"",	"red",	 "0072b",   "0072bg",	      "0072b2,",
		",f80", "##fff", "fff fff", "000,111,222,333"
	};
	struct chart_rgb rgb[3];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_colours(bad[i], rgb, 3), -1);
	assert_int_equal(argument_colours("#0072B2,f80", rgb, 3), 2);
	assert_int_equal(rgb[0].r, 0);
	assert_int_equal(rgb[0].g, 0x72);
	assert_int_equal(rgb[0].b, 0xb2);
	assert_int_equal(rgb[1].r, 0xff);
	assert_int_equal(rgb[1].g, 0x88);
	assert_int_equal(rgb[1].b, 0);
}

static void test_labels(void **state)
{
	static const char *const bad[] = { "",
					   "=",
					   "0",
					   "0=",
					   "=LTE",
					   "x=LTE",
					   "-1=LTE",
					   "4294967296=LTE",
					   "0=LTE,1=WiFi",
					   "0=a,b,12=c" };
	const char *label = NULL;
	uint32_t number = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_label(bad[i], &number, &label), -1);
	assert_int_equal(number, 5);
	assert_int_equal(argument_label("12=a = b", &number, &label), 0);
	assert_int_equal(number, 12);
	assert_string_equal(label, "a = b");
	assert_int_equal(argument_label("1=LTE, 4=", &number, &label), 0);
	assert_int_equal(argument_label("1=LTE,5G=,x", &number, &label), 0);
	assert_string_equal(label, "LTE,5G=,x");
}

static void test_times(void **state)
{
	static const char *const bad[] = { "",	   "0",	  "-1",	   "1ms",
					   "1e10", "nan", "0.0001" };
	int64_t ns = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_ms(bad[i], &ns), -1);
	assert_int_equal(ns, 5);
	assert_int_equal(argument_ms("0.001", &ns), 0);
	assert_int_equal(ns, 1000);
	assert_int_equal(argument_ms("1e3", &ns), 0);
	assert_int_equal(ns, 1000000000);
	assert_int_equal(argument_ms("0.29", &ns), 0);
	assert_int_equal(ns, 290000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_quantities),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
