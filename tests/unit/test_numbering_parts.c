/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of parts get their numbers in the whole, or that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "row/numbering.h"

/* The client of stream "number" is at port 1000 plus "pair". */
static struct row make_row(uint32_t number, int pair, uint16_t flags)
{
	struct row row = { .present = ROW_HAS_TCP,
			   .src = { { 10, 0, 0, 1 }, 4 },
			   .dst = { { 10, 0, 0, 2 }, 4 },
			   .sport = (uint16_t)(1000 + pair),
			   .dport = 80,
			   .stream = number,
			   .flags = flags,
			   .seq = 7 };

	return row;
}

/* A row of the part: its number in the whole, or -1. */
static long take(struct numbering *s, struct row row)
{
	return numbering_row(s, &row) < 0 ? -1 : (long)row.stream;
}

static void numbers_go_on(void **state)
{
	struct numbering s;

	(void)state;
	numbering_init(&s, NUMBERING_PARTS);
	numbering_part(&s);
	assert_int_equal(take(&s, make_row(0, 1, TCP_SYN)), 0);
	assert_int_equal(take(&s, make_row(1, 2, TCP_SYN)), 1);
	numbering_part(&s);
	assert_int_equal(take(&s, make_row(0, 2, TCP_ACK)), 1);
	assert_int_equal(take(&s, make_row(1, 3, TCP_SYN)), 2);
	assert_int_equal(take(&s, make_row(2, 1, TCP_ACK)), 0);
	numbering_release(&s);
}

static void what_is_not_certain(void **state)
{
	struct numbering s;
	struct row row;

	(void)state;
	numbering_init(&s, NUMBERING_PARTS);
	numbering_part(&s);
	/* A first part whose streams do not count from 0. */
	assert_int_equal(take(&s, make_row(1, 1, TCP_SYN)), -1);
	numbering_release(&s);

	numbering_part(&s);
	assert_int_equal(take(&s, make_row(0, 1, TCP_SYN)), 0);
	/* A row of other ports, and one of other addresses, in that stream. */
	assert_int_equal(take(&s, make_row(0, 2, TCP_ACK)), -1);
	row = make_row(0, 1, TCP_ACK);
	row.dst.bytes[3] = 3;
	assert_int_equal(take(&s, row), -1);
	/* The same ports as another stream: Wireshark split it. */
	assert_int_equal(take(&s, make_row(1, 1, TCP_ACK)), -1);
	/* A handshake anew that Wireshark did not take for one. */
	row = make_row(0, 1, TCP_SYN);
	assert_int_equal(take(&s, row), 0);
	row.seq++;
	assert_int_equal(take(&s, row), -1);
	/* A tunnel, and more streams than a part can have. */
	row = make_row(0, 1, TCP_ACK);
	row.present |= ROW_TUNNEL;
	assert_int_equal(take(&s, row), -1);
	assert_int_equal(take(&s, make_row(1 << 24, 9, TCP_ACK)), -1);
	/* A handshake anew in another part. */
	numbering_part(&s);
	row = make_row(0, 1, TCP_SYN);
	row.seq++;
	assert_int_equal(take(&s, row), -1);
	numbering_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_on),
		cmocka_unit_test(what_is_not_certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
