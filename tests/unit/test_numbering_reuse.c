/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_portreuse.c - the numbers that tshark 4.0 gives, from those of 3.4.
 *
 * The numbers that are wanted were read off tshark 4.0.17 for captures of just
 * these packets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "row/numbering.h"

enum {
	S = 0x02,
	SA = 0x12,
	A = 0x10,
	PACKETS = 8
};

struct packet {
	char from; /* c, s; o: another client */
	uint32_t seq, ack;
	uint16_t flags;
	uint32_t want;
};

static const struct packet cases[][PACKETS] = {
	{ { 'c', 5, 0, S, 0 },
	  { 's', 9, 6, SA, 0 },
	  { 'c', 6, 10, A, 0 },
	  { 'c', 500, 0, S, 1 },
	  { 'o', 7, 0, S, 2 },
	  { 's', 900, 501, SA, 1 },
	  { 'c', 501, 901, A, 1 } },
	/* In the middle of the one before. */
	{ { 'c', 6, 10, A, 0 },
	  { 's', 10, 7, A, 0 },
	  { 'c', 500, 0, S, 1 },
	  { 'o', 7, 0, S, 2 },
	  { 's', 900, 501, SA, 1 } },
	/* A SYN behind its data. */
	{ { 'c', 6, 10, A, 0 }, { 'c', 5, 0, S, 0 }, { 's', 9, 6, SA, 0 } },
	/* The other end connects. */
	{ { 'c', 5, 0, S, 0 },
	  { 's', 9, 6, SA, 0 },
	  { 'c', 6, 10, A, 0 },
	  { 's', 700, 0, S, 1 },
	  { 'c', 50, 701, SA, 1 } },
	/* Another SYN/ACK is no reason. */
	{ { 'c', 5, 0, S, 0 },
	  { 's', 9, 6, SA, 0 },
	  { 'c', 6, 10, A, 0 },
	  { 's', 800, 6, SA, 0 },
	  { 'c', 7, 0, A, 0 } },
	/* What was acknowledged is known. */
	{ { 's', 9, 6, SA, 0 },
	  { 'c', 500, 0, S, 1 },
	  { 's', 900, 501, SA, 1 },
	  { 'c', 501, 1, A, 1 } },
	{ { 'c', 5, 0, S, 0 },
	  { 's', 9, 6, SA, 0 },
	  { 's', 6, 0, S, 1 },
	  { 'c', 50, 7, SA, 1 } },
	/* The last one counts. */
	{ { 'c', 5, 0, S, 0 },
	  { 'c', 500, 0, S, 1 },
	  { 'c', 5, 0, S, 2 },
	  { 's', 9, 6, SA, 2 },
	  { 'c', 6, 10, A, 2 } },
};

static const struct address ends[] = { { { 10, 0, 0, 1 }, 4 },
				       { { 10, 0, 0, 2 }, 4 } };

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numbering p;

		numbering_init(&p, NUMBERING_REUSE);
		for (size_t k = 0; k < PACKETS && cases[i][k].from; k++) {
			const struct packet *x = &cases[i][k];
			int server = x->from == 's';
			struct row row = { .stream = x->from == 'o',
					   .flags = x->flags,
					   .seq = x->seq,
					   .ack = x->ack };

			row.src = ends[server];
			row.dst = ends[!server];
			row.sport = server ? 80 : x->from == 'o' ? 1001 : 1000;
			row.dport = server ? 1000 : 80;
			assert_int_equal(numbering_row(&p, &row), 0);
			if (row.stream != x->want)
				fail_msg("case %zu, packet %zu: %u", i, k,
					 row.stream);
		}
		numbering_release(&p);
	}
}

/* A number that cannot be is left alone. */
static void test_absurd(void **state)
{
	struct row row = { .stream = UINT32_MAX, .flags = S };
	struct numbering p;

	(void)state;
	numbering_init(&p, NUMBERING_REUSE);
	assert_int_equal(numbering_row(&p, &row), 0);
	assert_int_equal(row.stream, UINT32_MAX);
	numbering_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
