/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/arguments.h"

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
	static const char *const bad[] = { "",	      "x",	 "800",
					   "800x",    "x600",	 "800x600x",
					   "800X600", "199x600", "800x149",
					   "801x600", "800x-600" };
	int w = 0, h = 0;

	(void)state;
	assert_int_equal(argument_size("800x600", 200, 150, 800, &w, &h), 0);
	assert_int_equal(w, 800);
	assert_int_equal(h, 600);
	w = h = 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(argument_size(bad[i], 200, 150, 800, &w, &h),
				 -1);
	assert_int_equal(w, 1);
	assert_int_equal(h, 1);
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
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
