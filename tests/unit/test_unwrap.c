/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_unwrap.c - 32-bit numbers on a 64-bit line (model/unwrap.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/unwrap.h"

static void test_first_is_base(void **state)
{
	struct unwrap u = { 0 };

	(void)state;
	assert_true(unwrap_next(&u, 0xfffffff0) == 0);
	assert_true(u.base == 0xfffffff0);
	assert_true(unwrap_next(&u, 0xfffffff5) == 5);
}

static void test_wrap_at_32_bits(void **state)
{
	struct unwrap u = { 0 };

	(void)state;
	unwrap_start(&u, 0xfffffffe);
	assert_true(unwrap_next(&u, 0xffffffff) == 1);
	assert_true(unwrap_next(&u, 0) == 2);
	assert_true(unwrap_next(&u, 10) == 12);
	assert_true(unwrap_next(&u, 0xfffffffe) == 0); /* and back */
	assert_true(unwrap_next(&u, 0xfffffff0) == -14); /* before the base */
	assert_true(unwrap_next(&u, 3) == 5);
}

static void test_many_wraps(void **state)
{
	struct unwrap u = { 0 };
	const int64_t step = 1000000007;

	(void)state;
	unwrap_start(&u, 12345);
	for (int64_t i = 1; i < 5000; i++)
		assert_true(unwrap_next(&u, (uint32_t)(12345 + i * step)) ==
			    i * step);
	for (int64_t i = 4999; i > -5000; i--)
		assert_true(unwrap_next(&u, (uint32_t)(12345 + i * step)) ==
			    i * step);
}

static void test_half_a_space(void **state)
{
	struct unwrap u = { 0 };

	(void)state;
	unwrap_start(&u, 0);
	assert_true(unwrap_next(&u, 0x7fffffff) == 0x7fffffff);
	unwrap_start(&u, 0);
	assert_true(unwrap_next(&u, 0x80000001) == -0x7fffffff);
}

static void test_nearest(void **state)
{
	(void)state;
	assert_true(unwrap_nearest(0x1ffffffffu, 0) == 0x200000000u);
	assert_true(unwrap_nearest(0x200000000u, 0xffffffff) == 0x1ffffffffu);
	assert_true(unwrap_nearest(0x212345678u, 0x12345679) == 0x212345679u);
	assert_true(unwrap_nearest(0x212345678u, 0x12345678) == 0x212345678u);
	/* The 64-bit space is a ring, too. */
	assert_true(unwrap_nearest(UINT64_MAX, 0) == 0);
	assert_true(unwrap_nearest(UINT64_MAX, 5) == 5);
	assert_true(unwrap_nearest(0, 0xffffffff) == UINT64_MAX);
	assert_true(unwrap_nearest(5, 0xfffffff0) == UINT64_MAX - 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_is_base),
		cmocka_unit_test(test_wrap_at_32_bits),
		cmocka_unit_test(test_many_wraps),
		cmocka_unit_test(test_half_a_space),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
