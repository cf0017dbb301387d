/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader finds is counted, and clocks that are set are noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "craft.h"
#include "read/row_sink.h"

enum {
	NAMES = CLOCK_WATCH_INTERFACES + 6
};

static const int64_t second = 1000000000;

static int take(void *ctx, const struct row *row, struct error *err)
{
	(void)ctx;
	(void)row;
	(void)err;
	return 0;
}

static void give(struct row_sink *sink, struct row *row, enum row_kind kind)
{
	struct error err = ERROR_INIT;

	assert_int_equal(row_sink_take(sink, row, kind, &err), 0);
}

static void on_interface(struct row_sink *sink, int k, int64_t time)
{
	struct row row;
	char name[20];

	row_clear(&row);
	row.present = ROW_HAS_TIME;
	row.time = time;
	row_set_interface(&row, name,
			  (size_t)snprintf(name, sizeof(name), "eth%d", k));
	give(sink, &row, ROW_OTHER);
}

/* Some have names, all others are one. */
static void many_interfaces(void **state)
{
	struct input in = { .progress = NULL };
	struct read_job job = { .in = &in, .fn = take };
	struct capture_info info = { .packets = 0 };
	struct row_sink sink = { .job = &job, .info = &info };

	(void)state;
	for (int k = 0; k < NAMES; k++)
		on_interface(&sink, k, 10 * second);
	assert_int_equal(info.interfaces.n, CLOCK_WATCH_INTERFACES);
	on_interface(&sink, NAMES, 10 * second);
	on_interface(&sink, NAMES + 1, 7 * second);
	row_sink_end(&sink);
	assert_int_equal(info.n_jumps, 1);
	assert_int_equal(info.jumps[0].packet, NAMES + 2);
	assert_int_equal(info.jumps[0].by, -3 * second);
	capture_info_release(&info);
}

/* Whatever number is given to one of the others. */
static void numbers_of_interfaces(void **state)
{
	struct capture_info info = { .packets = 1 };
	struct clock_watch watch = { .info = &info };
	struct row row;

	(void)state;
	row_clear(&row);
	row.present = ROW_HAS_TIME;
	row.time = 9 * second;
	clock_watch_packet(&watch, &row, ROW_OTHER, CLOCK_WATCH_INTERFACES);
	row.time = 5 * second;
	clock_watch_packet(&watch, &row, ROW_OTHER, 1000);
	clock_watch_settle(&watch);
	assert_int_equal(info.n_jumps, 1);
	assert_int_equal(info.jumps[0].by, -4 * second);
	capture_info_release(&info);
}

/* Both ends have the same port; each has a clock of its own. */
static void equal_ports(void **state)
{
	struct input in = { .progress = NULL };
	struct read_job job = { .in = &in, .fn = take };
	struct capture_info info = { .packets = 0 };
	struct row_sink sink = { .job = &job, .info = &info };

	(void)state;
	for (int i = 0; i < 200; i++) {
		const int64_t time = 100 * second + i * second / 100;
		struct row row;

		row_clear(&row);
		row.present = ROW_HAS_TIME | ROW_HAS_TCP;
		row.time = i < 100 ? time : time - 5 * second;
		row.flags = TCP_ACK;
		row.sport = row.dport = 5000;
		craft_ends(&row, i % 2);
		row.n_options = 12;
		put(row.options, 0x0101080a, 4);
		put(row.options + 4, (uint64_t)(i * 10 + (i % 2) * 1000000), 4);
		give(&sink, &row, ROW_TCP);
	}
	row_sink_end(&sink);
	assert_int_equal(info.n_jumps, 1);
	assert_int_equal(info.jumps[0].packet, 101);
	assert_int_equal(info.jumps[0].streams, 1);
	assert_in_range(-info.jumps[0].by, 5 * second - second / 10,
			5 * second + second / 10);
	capture_info_release(&info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_interfaces),
		cmocka_unit_test(numbers_of_interfaces),
		cmocka_unit_test(equal_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
