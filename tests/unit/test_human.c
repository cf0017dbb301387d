/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_human.c - numbers for people (output/human.h): three digits, the right
 * unit at every edge, and halves rounded up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/human.h"

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.00 kB" },
		{ 1004, "1.00 kB" },
		{ 1005, "1.01 kB" },
		{ 2145, "2.15 kB" },
		{ 3815, "3.82 kB" },
		{ 9994, "9.99 kB" },
		{ 9995, "10.0 kB" },
		{ 10050, "10.1 kB" },
		{ 99949, "99.9 kB" },
		{ 99950, "100 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.00 MB" },
		{ 1004999, "1.00 MB" },
		{ 1005000, "1.01 MB" },
		{ 999499999, "999 MB" },
		{ 999500000, "1.00 GB" },
		{ 999499999999999999u, "999 PB" },
		{ 999500000000000000u, "1.00 EB" },
		{ UINT64_MAX, "18.4 EB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf out = STRBUF_INIT;

		human_bytes(&out, cases[i].bytes);
		assert_string_equal(out.text, cases[i].text);
		strbuf_release(&out);
	}
}

static void test_durations(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },
		{ 999, "999 ns" },
		{ 1000, "1.00 us" },
		{ 1005, "1.01 us" },
		{ -1500, "-1.50 us" },
		{ 999499, "999 us" },
		{ 999500, "1.00 ms" },
		{ 999499999, "999 ms" },
		{ 999500000, "1.00 s" },
		{ 59949999999, "59.9 s" },
		{ 59950000000, "1m00s" },
		{ 3599499999999, "59m59s" },
		{ 3599500000000, "1h00m" },
		{ 36000000000000, "10h00m" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf out = STRBUF_INIT;

		human_duration(&out, cases[i].ns);
		assert_string_equal(out.text, cases[i].text);
		strbuf_release(&out);
	}
}

static void test_rates_and_ratios(void **state)
{
	static const struct {
		double value;
		const char *rate, *ratio;
	} cases[] = {
		{ 0, "0.00 bit/s", "0%" },
		{ 0.00001, "0.00 bit/s", "<0.1%" },
		{ 0.125, "0.13 bit/s", "12.5%" },
		{ 0.99999, "1.00 bit/s", ">99.9%" },
		{ 1, "1.00 bit/s", "100%" },
		{ 9.994, "9.99 bit/s", "999.4%" },
		{ 9.996, "10.0 bit/s", "999.6%" },
		{ 999.4, "999 bit/s", "99940.0%" },
		{ 999.6, "1.00 kbit/s", "99960.0%" },
		{ 1e9, "1.00 Gbit/s", "100000000000.0%" },
		{ 1e18, "1000000 Tbit/s", "100000000000000000000.0%" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf out = STRBUF_INIT;

		human_rate(&out, cases[i].value);
		assert_string_equal(out.text, cases[i].rate);
		strbuf_clear(&out);
		human_ratio(&out, cases[i].value);
		assert_string_equal(out.text, cases[i].ratio);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_rates_and_ratios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
