/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/sampling.h"

static const int64_t second = 1000000000;

/* One look each second, for so many; how often it changed. */
static int look(struct sampling *s, uint64_t waiting, bool is_paced,
		int64_t *at, int seconds)
{
	const struct live_source_counts counts = { .waiting = waiting,
						   .room = 1000,
						   .is_paced = is_paced };
	int changes = 0;

	for (int i = 0; i < seconds; i++) {
		*at += second;
		changes += sampling_look(s, &counts, *at);
	}
	return changes;
}

static void test_falls_behind(void **state)
{
	struct sampling s = SAMPLING_INIT;
	int64_t at = 5 * second;

	(void)state;
	assert_int_equal(look(&s, 500, true, &at, 100), 0); /* not more */
	assert_int_equal(look(&s, 501, true, &at, 2), 0);
	assert_int_equal(look(&s, 501, true, &at, 1), 1);
	assert_int_equal(s.of, 2);
	assert_int_equal(look(&s, 900, true, &at, 1), 0);
	assert_int_equal(look(&s, 900, true, &at, 1), 1);
	assert_int_equal(s.of, 4);
	/* a moment of peace counts from the beginning */
	assert_int_equal(look(&s, 900, true, &at, 1), 0);
	assert_int_equal(look(&s, 400, true, &at, 1), 0);
	assert_int_equal(look(&s, 900, true, &at, 2), 0);
	assert_int_equal(s.of, 4);
}

static void test_recovers(void **state)
{
	struct sampling s = { .of = 4 };
	int64_t at = 5 * second;

	(void)state;
	assert_int_equal(look(&s, 125, true, &at, 100), 0); /* no peace yet */
	assert_int_equal(look(&s, 0, true, &at, 30), 0);
	assert_int_equal(look(&s, 0, true, &at, 1), 1);
	assert_int_equal(s.of, 2);
	assert_int_equal(look(&s, 0, true, &at, 30), 1);
	assert_int_equal(s.of, 1);
	assert_int_equal(look(&s, 0, true, &at, 300), 0);
	assert_int_equal(s.of, 1);
}

/* What is merely read waits without harm. */
static void test_reads(void **state)
{
	struct sampling s = SAMPLING_INIT;
	int64_t at = 5 * second;

	(void)state;
	assert_int_equal(look(&s, 1000, false, &at, 100), 0);
	assert_int_equal(s.of, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_falls_behind),
		cmocka_unit_test(test_recovers),
		cmocka_unit_test(test_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
