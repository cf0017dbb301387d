/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits_main() where times are as long as captures can make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/limits.h"

/* A window of a tenth, or more, is what counts; less is not. */
static void a_tenth(void **state)
{
	static const int64_t durations[] = { 10, 1000000000,
					     1704067498999900000 };

	(void)state;
	for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++) {
		struct limits l = { .duration = durations[i] };

		l.time[LIMIT_RECEIVE_WINDOW] = l.duration / 10;
		l.time[LIMIT_PATH] = l.duration - l.time[LIMIT_RECEIVE_WINDOW];
		assert_int_equal(limits_main(&l), LIMIT_RECEIVE_WINDOW);
		l.time[LIMIT_RECEIVE_WINDOW]--;
		l.time[LIMIT_PATH]++;
		assert_int_equal(limits_main(&l), LIMIT_PATH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
