/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a capture, and of several files that are one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "row/capture_info.h"

enum {
	NAMED = 64 /* interfaces, as capture_info.c has it */
};

static void sums_and_extremes(void **state)
{
	struct capture_info all = { .complete = true };
	struct capture_info parts[] = {
		{ .packets = 5,
		  .snapped = 2,
		  .snaplen = 64,
		  .needed = 90,
		  .has_time = true,
		  .first_time = 7,
		  .last_time = 9,
		  .complete = true },
		{ .packets = 3,
		  .snapped = 1,
		  .snaplen = 96,
		  .needed = 114,
		  .has_time = true,
		  .first_time = 2,
		  .last_time = 8 },
		{ .packets = 1, .snaplen = 80, .needed = 70, .complete = true },
	};

	(void)state;
	capture_info_add_dropped(&parts[0], "eth0", 4);
	capture_info_add_dropped(&parts[1], "eth1", 1);
	capture_info_add_dropped(&parts[2], "eth0", UINT64_MAX - 5);
	for (size_t i = 0; i < 3; i++) {
		capture_info_add(&all, &parts[i]);
		capture_info_release(&parts[i]);
	}
	assert_int_equal(all.packets, 9);
	assert_int_equal(all.snapped, 3);
	assert_int_equal(all.snaplen, 96);
	assert_int_equal(all.needed, 114);
	assert_int_equal(all.first_time, 2);
	assert_int_equal(all.last_time, 9);
	assert_false(all.complete);
	assert_int_equal(all.n_dropped, 2);
	assert_string_equal(all.dropped[0].interface, "eth0");
	assert_true(all.dropped[0].packets == UINT64_MAX - 1);
	assert_string_equal(all.dropped[1].interface, "eth1");
	assert_int_equal(all.dropped[1].packets, 1);
	capture_info_release(&all);
}

/* Beyond a number of names the others are counted together. */
static void many_interfaces(void **state)
{
	struct capture_info info = { .packets = 1 };
	char name[20];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3 * NAMED; i++) {
			snprintf(name, sizeof(name), "eth%d", i);
			capture_info_add_dropped(&info, name, 1);
		}
	assert_int_equal(info.n_dropped, NAMED + 1);
	for (size_t i = 0; i < NAMED; i++) {
		snprintf(name, sizeof(name), "eth%zu", i);
		assert_string_equal(info.dropped[i].interface, name);
		assert_int_equal(info.dropped[i].packets, 2);
	}
	assert_string_equal(info.dropped[NAMED].interface, "");
	assert_int_equal(info.dropped[NAMED].packets, 4 * NAMED);
	capture_info_release(&info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_extremes),
		cmocka_unit_test(many_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
