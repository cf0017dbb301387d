/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LOWER_BOUND() against a walk over all places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/search.h"

enum {
	MOST = 12
};

/* The same, one by one. */
static size_t walk(const int *items, size_t from, size_t to, int value)
{
	while (from < to && items[from] < value)
		from++;
	return from;
}

/* Every value from every place on. */
static void compare(const int *items, size_t n)
{
	for (int value = -1; value <= 5; value++)
		for (size_t from = 0; from <= n; from++)
			assert_int_equal(
				LOWER_BOUND(k, from, n, items[k] < value),
				walk(items, from, n, value));
}

/* All sorted arrays of 0, 2 and 4: so many of each. */
static void test_all_arrays(void **state)
{
	int items[MOST];

	(void)state;
	for (size_t n = 0; n <= MOST; n++)
		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++) {
				for (size_t i = 0; i < n; i++)
					items[i] = i < a ? 0 : i < b ? 2 : 4;
				compare(items, n);
			}
}

/* Nothing outside of [from, to) is looked at, and "from" behind "to" is empty.
 */
static void test_range(void **state)
{
	static const int items[] = { 9, 1, 2, 3, 0 };
	size_t from = 3, to = 1;

	(void)state;
	assert_int_equal(LOWER_BOUND(k, 1, 4, items[k] < 3), 3);
	assert_int_equal(LOWER_BOUND(k, 1, 4, items[k] < 4), 4);
	assert_int_equal(LOWER_BOUND(k, 1, 4, items[k] < 1), 1);
	assert_int_equal(LOWER_BOUND(k, from, to, items[k] < 9), from);
}

/* How often it looks: log2(n) + 1 at most; and bounds are evaluated once. */
static void test_cost(void **state)
{
	const size_t n = (size_t)1 << 40;
	size_t looks = 0, bounds = 0;

	(void)state;
	assert_int_equal(LOWER_BOUND(k, (bounds++, 0), (bounds++, n),
				     (looks++, k < 123456789012)),
			 123456789012);
	assert_in_range(looks, 1, 41);
	assert_int_equal(bounds, 2);
}

/* The middle of two large places does not overflow. */
static void test_large(void **state)
{
	const size_t to = SIZE_MAX, from = SIZE_MAX - 5;

	(void)state;
	assert_true(LOWER_BOUND(k, from, to, k < SIZE_MAX - 2) == SIZE_MAX - 2);
	assert_true(LOWER_BOUND(k, from, to, k < SIZE_MAX) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_arrays),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
