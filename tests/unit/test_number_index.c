/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers near each other, far apart, and alike in their lower bits, against a
   list that is searched from its begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/number_index.h"

enum {
	ROUNDS = 4000
};

static uint32_t numbers[ROUNDS];

static long place_of(size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == number)
			return (long)i;
	return -1;
}

static uint32_t draw(int kind)
{
	const uint32_t any = (uint32_t)rand();

	switch (kind) {
	case 0: return any % 500;
	case 1: return any << 20;
	case 2: return UINT32_MAX - any % 300;
	default: return any * 2654435761u;
	}
}

/* All that were noted are found, and no other one. */
static void compare(const struct number_index *index, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(number_index_find(index, numbers[i]), i);
	for (int k = 0; k < 400; k++) {
		const uint32_t number = draw(k % 4);

		assert_int_equal(number_index_find(index, number),
				 place_of(n, number));
	}
}

static void test_random(void **state)
{
	struct number_index index = { .n = 0 };

	(void)state;
	srand(1);
	for (int again = 0; again < 2; again++) {
		size_t n = 0;

		assert_int_equal(number_index_find(&index, 0), -1);
		for (int k = 0; k < ROUNDS; k++) {
			const uint32_t number = draw(k % 4);
			uint32_t *at = number_index_place(&index, number);

			assert_int_equal((long)*at - 1, place_of(n, number));
			if (*at)
				continue;
			numbers[n++] = number;
			*at = (uint32_t)n;
		}
		assert_int_equal(index.n, n);
		compare(&index, n);
		number_index_clear(&index);
	}
	number_index_release(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
