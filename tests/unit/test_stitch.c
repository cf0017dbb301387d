/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of parts get their numbers in the whole, or that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "input/stitch.h"

enum {
	SYN = 0x02,
	ACK = 0x10
};

/* The client of stream "number" is at port 1000 plus "pair". */
static struct row make_row(uint32_t number, int pair, uint16_t flags)
{
	struct row row = { .present = ROW_HAS_TCP,
			   .src = "10.0.0.1",
			   .dst = "10.0.0.2",
			   .sport = (uint16_t)(1000 + pair),
			   .dport = 80,
			   .stream = number,
			   .flags = flags,
			   .seq = 7 };

	return row;
}

/* A row of the part: its number in the whole, or -1. */
static long take(struct stitch *s, struct row row)
{
	return stitch_row(s, &row) < 0 ? -1 : (long)row.stream;
}

static void numbers_go_on(void **state)
{
	struct stitch s;

	(void)state;
	stitch_init(&s);
	stitch_part(&s);
	assert_int_equal(take(&s, make_row(0, 1, SYN)), 0);
	assert_int_equal(take(&s, make_row(1, 2, SYN)), 1);
	stitch_part(&s);
	assert_int_equal(take(&s, make_row(0, 2, ACK)), 1);
	assert_int_equal(take(&s, make_row(1, 3, SYN)), 2);
	assert_int_equal(take(&s, make_row(2, 1, ACK)), 0);
	stitch_release(&s);
}

static void what_is_not_certain(void **state)
{
	struct stitch s;
	struct row row;

	(void)state;
	stitch_init(&s);
	stitch_part(&s);
	/* A first part whose streams do not count from 0. */
	assert_int_equal(take(&s, make_row(1, 1, SYN)), -1);
	stitch_release(&s);

	stitch_part(&s);
	assert_int_equal(take(&s, make_row(0, 1, SYN)), 0);
	/* A row of other ports, and one of other addresses, in that stream. */
	assert_int_equal(take(&s, make_row(0, 2, ACK)), -1);
	row = make_row(0, 1, ACK);
	row.dst[7] = '3';
	assert_int_equal(take(&s, row), -1);
	/* The same ports as another stream: Wireshark split it. */
	assert_int_equal(take(&s, make_row(1, 1, ACK)), -1);
	/* A handshake anew that Wireshark did not take for one. */
	row = make_row(0, 1, SYN);
	assert_int_equal(take(&s, row), 0);
	row.seq++;
	assert_int_equal(take(&s, row), -1);
	/* A tunnel, and more streams than a part can have. */
	row = make_row(0, 1, ACK);
	row.present |= ROW_TUNNEL;
	assert_int_equal(take(&s, row), -1);
	assert_int_equal(take(&s, make_row(1 << 24, 9, ACK)), -1);
	/* A handshake anew in another part. */
	stitch_part(&s);
	row = make_row(0, 1, SYN);
	row.seq++;
	assert_int_equal(take(&s, row), -1);
	stitch_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_on),
		cmocka_unit_test(what_is_not_certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
