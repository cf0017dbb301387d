/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The latest stamp of each part of a line, against one cell for each place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "events/stamps.h"

enum {
	PLACES = 200,
	RANGES = 500
};

static uint32_t dice(uint32_t *state, uint32_t sides)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 16) % sides;
}

static void test_random(void **state)
{
	struct stamps s = { NULL, 0, 0, NULL };
	uint32_t cells[PLACES] = { 0 }, seed = 0;
	int64_t from[RANGES], to[RANGES], end = 0;

	(void)state;
	for (size_t i = 0; i < RANGES; i++) {
		from[i] = dice(&seed, PLACES - 20);
		to[i] = from[i] + 1 + dice(&seed, 20);
		stamps_plan(&s, from[i] - 100, to[i] - 100);
	}
	stamps_ready(&s);
	for (uint32_t i = 0; i < RANGES; i++) {
		stamps_put(&s, from[i] - 100, to[i] - 100, i + 1);
		for (int64_t at = from[i]; at < to[i]; at++)
			cells[at] = i + 1;
		for (int64_t at = 0; at < PLACES; at = end + 100) {
			uint32_t found = stamps_get(&s, at - 100, &end);

			assert_true(end > at - 100);
			for (; at - 100 < end && at < PLACES; at++)
				assert_int_equal(found, cells[at]);
			if (end > PLACES)
				break;
		}
	}
	stamps_release(&s);
}

static void test_nothing(void **state)
{
	struct stamps s = { NULL, 0, 0, NULL };
	int64_t end = 0;

	(void)state;
	stamps_ready(&s);
	assert_int_equal(stamps_get(&s, 5, &end), 0);
	assert_true(end == INT64_MAX);
	stamps_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
