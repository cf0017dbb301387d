/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/stamp.h"

#define SECOND INT64_C(1000000000)

/* Seconds since 1970, as date -u +%s says them. */
enum {
	NOVEMBER_2026 = 1796030813,  /* 2026-11-30 09:26:53 */
	NEW_YEAR_2031 = 1924992005,  /* 2031-01-01 00:00:05 */
	SILVESTER_2030 = 1924991990, /* 2030-12-31 23:59:50 */
	LEAP_DAY_2028 = 1835438400   /* 2028-02-29 12:00:00 */
};

static int64_t said(const char *line, int64_t near)
{
	struct stamp s;

	stamp_before(line, strlen(line), &s);
	assert_true(s.known && s.no_year && !s.has_zone);
	return stamp_in_year(s.time, near * SECOND) / SECOND;
}

static void test_year_is_the_captures(void **state)
{
	(void)state;
	assert_int_equal(said("Nov 30 09:26:53 host ip[7]: [", NOVEMBER_2026),
			 NOVEMBER_2026);
	assert_int_equal(said("Dec 31 23:59:50 host: [", NEW_YEAR_2031),
			 SILVESTER_2030);
	assert_int_equal(said("Jan  1 00:00:05 host: [", SILVESTER_2030),
			 NEW_YEAR_2031);
	assert_int_equal(said("Feb 29 12:00:00 host: [", LEAP_DAY_2028 + 9),
			 LEAP_DAY_2028);
}

static void test_others_say_theirs(void **state)
{
	static const char *const lines[] = {
		"[2026-11-30T09:26:53.000000] [", "1796030813.000000 host: [",
		"2026-11-30T10:26:53+01:00 host: [",
		"2026-11-30T09:26:53Z host: ["
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct stamp s;

		stamp_before(lines[i], strlen(lines[i]), &s);
		assert_true(s.known && !s.no_year);
		assert_int_equal(s.has_zone, i > 0);
		assert_int_equal(s.time, NOVEMBER_2026 * SECOND);
	}
}

/* As date(1) prints that second; the last four say no zone that is sure. */
static void test_what_date_prints(void **state)
{
	static const char *const lines[] = {
		"Mon Nov 30 09:26:53 UTC 2026\n",
		"Mon Nov 30 09:26:53 AM UTC 2026",
		"Mon 30 Nov 2026 09:26:53 AM UTC",
		"Mon 30 Nov 09:26:53 GMT 2026",
		"Mon, 30 Nov 2026 10:26:53 +0100",
		"Mon Nov 30 06:26:53 -03 2026",
		"# 1796030813",
		"1796030813\n",
		"=== 1796030813.000000 ===",
		"2026-11-30T09:26:53,000000000+00:00",
		"2026-11-30T10:26:53+01:00\n",
		"Mon Nov 30 09:26:53 CET 2026",
		"time: Mon Nov 30 09:26:53 EST 2026",
		"Mon Nov 30 09:26:53 2026",
		"2026-11-30 09:26:53",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct stamp s;

		stamp_of_date(lines[i], &s);
		assert_true(s.known && !s.no_year);
		assert_int_equal(s.has_zone, i < 11);
		assert_int_equal(s.time, NOVEMBER_2026 * SECOND);
	}
}

static void test_noon_and_midnight(void **state)
{
	struct stamp s;

	(void)state;
	stamp_of_date("Mon Nov 30 12:00:00 AM UTC 2026", &s);
	assert_int_equal(s.time / SECOND % 86400, 0);
	stamp_of_date("Mon Nov 30 12:00:00 PM UTC 2026", &s);
	assert_int_equal(s.time / SECOND % 86400, 43200);
}

static void test_no_time(void **state)
{
	static const char *const lines[] = { "",	 "\n",
					     "12345",	 "99999999999",
					     "09:26:53", "Mon Nov 31",
					     "Mon Nov",	 "---" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct stamp s;

		stamp_of_date(lines[i], &s);
		assert_false(s.known);
	}
}

/* Of "ip -t": a line with the time, which may be damaged. */
static void test_line_of_ip(void **state)
{
	struct stamp s;

	(void)state;
	assert_false(stamp_of_line("[CREATED] token=1", &s));
	assert_true(stamp_of_line(
		"Timestamp: Mon Nov 30 09:26:53 2026 250000 usec", &s));
	assert_true(s.known);
	assert_int_equal(s.time, NOVEMBER_2026 * SECOND + 250000000);
	assert_true(stamp_of_line(
		"Timestamp: Mon Nov 30 09:26:53 2026 1000000 usec", &s));
	assert_true(s.known);
	assert_int_equal(s.time, NOVEMBER_2026 * SECOND);
	assert_true(stamp_of_line("Timestamp: Mon Nov 31 09:", &s));
	assert_false(s.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_year_is_the_captures),
		cmocka_unit_test(test_others_say_theirs),
		cmocka_unit_test(test_what_date_prints),
		cmocka_unit_test(test_noon_and_midnight),
		cmocka_unit_test(test_no_time),
		cmocka_unit_test(test_line_of_ip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
