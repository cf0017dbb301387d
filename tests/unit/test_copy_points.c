/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies: super-segments at three points, few packets of a bridge, and what is
   said of how often packets were captured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "craft_scene.h"
#include "model/copies.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

enum {
	RTT = 20000,	/* us */
	START = 100000, /* us: behind the handshake */
	SEGMENT = 1000, /* bytes */
	SEGMENTS = 4	/* of a super-segment */
};

static const struct point points[] = { { .interface = "a", .ttl = 64 },
				       { .interface = "b", .ttl = 64 },
				       { .interface = "c", .ttl = 64 } };

/* At one point.  The server's answer takes a round trip; the client's one too,
   unless it is near. */
static void shake_hands(struct scene *c, bool client_is_near, bool has_ids)
{
	const int64_t acked = RTT + (client_is_near ? 40 : RTT);
	const struct sent sent[] = {
		{ 0, 0, TCP_SYN, 99, 0, 0, 5, 1, 0, 0 },
		{ RTT, 1, TCP_SYN | TCP_ACK, 499, 100, 0, 6, 1, 0, 0 },
		{ acked, 0, TCP_ACK, 100, 500, 0, 7, 2, 0, 0 },
	};

	for (size_t k = 0; k < N(sent); k++) {
		struct sent p = sent[k];

		p.id = has_ids ? p.id : NO_ID;
		scene_see(c, k, &p, 0, &points[0]);
	}
}

static struct sent data(uint32_t seq, uint32_t segments, int id)
{
	return (struct sent){ .time = START,
			      .flags = TCP_ACK,
			      .seq = seq,
			      .ack = 500,
			      .len = segments * SEGMENT,
			      .tsval = 9,
			      .id = id };
}

/*
 * A super-segment, its halves and its quarters.
 */

/* At one point, each of so many segments; "missing" is one of these packets, 9:
   none. */
static void see_cut(struct scene *c, uint32_t each, int64_t late, int id,
		    uint32_t missing, const struct point *point)
{
	for (uint32_t k = 0; k < SEGMENTS; k += each) {
		struct sent p = data(100 + k * SEGMENT, each,
				     id == NO_ID ? id : id + (int)k);

		if (k / each != missing)
			scene_see(c, 10 + each, &p, late + k, point);
	}
}

static uint64_t count_sent(struct scene *c, size_t *counted)
{
	uint64_t sent = 0;

	scene_build(c);
	assert_int_equal(c->trace.n_streams, 1);
	assert_int_equal(c->trace.streams[0].side[TO_SERVER].unique,
			 SEGMENTS * SEGMENT);
	sent = c->trace.streams[0].side[TO_SERVER].sent;
	*counted = c->trace.streams[0].n - 3;
	scene_close(c);
	return sent;
}

static const uint32_t orders[][3] = { { 1, 2, 4 }, { 1, 4, 2 }, { 2, 1, 4 },
				      { 2, 4, 1 }, { 4, 1, 2 }, { 4, 2, 1 } };

static void test_three_points(void **state)
{
	(void)state;
	for (unsigned k = 0; k < N(orders) * 4; k++) {
		const uint32_t *each = orders[k >> 2];
		const bool near = k & 1;
		struct scene c;
		size_t counted = 0;

		scene_open(&c);
		shake_hands(&c, near, k & 2);
		for (size_t m = 0; m < 3; m++)
			see_cut(&c, each[m], (int64_t)m * 10, k & 2 ? 7 : NO_ID,
				9, &points[m]);
		assert_int_equal(count_sent(&c, &counted), SEGMENTS * SEGMENT);
		assert_int_equal(counted, SEGMENTS / each[near ? 2 : 0]);
	}
}

/* The whole was sent again at once, with other ids: it was sent twice, wherever
   it was cut. */
static void test_three_points_twice(void **state)
{
	(void)state;
	for (unsigned k = 0; k < N(orders) * 2; k++) {
		const uint32_t *each = orders[k >> 1];
		struct scene c;
		size_t counted = 0;

		scene_open(&c);
		shake_hands(&c, k & 1, true);
		for (size_t m = 0; m < 3; m++) {
			see_cut(&c, each[m], (int64_t)m * 10, 7, 9, &points[m]);
			see_cut(&c, each[m], 900 + (int64_t)m * 10,
				7 + SEGMENTS, 9, &points[m]);
		}
		assert_int_equal(count_sent(&c, &counted),
				 2 * SEGMENTS * SEGMENT);
	}
}

/* At one point a piece is missing: what is there counts, as it may have been
   sent again. */
static void test_missing_piece(void **state)
{
	(void)state;
	for (uint32_t missing = 0; missing < SEGMENTS; missing++) {
		struct scene c;
		size_t counted = 0;

		scene_open(&c);
		shake_hands(&c, false, true);
		see_cut(&c, 4, 0, 7, 9, &points[0]);
		see_cut(&c, 2, 10, 7, 9, &points[1]);
		see_cut(&c, 1, 20, 7, missing, &points[2]);
		assert_int_equal(count_sent(&c, &counted),
				 (2 * SEGMENTS - 1) * SEGMENT);
		assert_int_equal(counted, SEGMENTS);
	}
}

/* The pieces of one point are not joined with those of another. */
static void test_mixed_pieces(void **state)
{
	const struct sent parts[] = { data(100, 2, 7), data(2100, 2, 9) };
	struct scene c;
	size_t counted = 0;

	(void)state;
	scene_open(&c);
	shake_hands(&c, false, true);
	see_cut(&c, 4, 0, 7, 9, &points[0]);
	scene_see(&c, 20, &parts[0], 10, &points[1]);
	scene_see(&c, 21, &parts[1], 20, &points[2]);
	assert_int_equal(count_sent(&c, &counted), 2 * SEGMENTS * SEGMENT);
}

/*
 * A bridge, captured on "any": a packet came, and was sent.
 */

static void test_few_of_a_bridge(void **state)
{
	const struct point came = { .interface = "any", .ttl = 64, .type = 4 };
	const struct point sent = { .interface = "any",
				    .ttl = 64,
				    .type = ROW_SENT + 1 };

	(void)state;
	/* A few packets, one way: each came and was sent, or came twice, by the
	   network. */
	for (int bridged = 0; bridged < 2; bridged++)
		for (uint32_t n = bridged ? 1 : 2; n < 4; n++) {
			struct scene c;

			scene_open(&c);
			for (uint32_t k = 0; k < n; k++) {
				struct sent p =
					data(100 + k * SEGMENT, 1, 7 + (int)k);

				p.time += 1000 * k;
				scene_see(&c, k, &p, 0, &came);
				scene_see(&c, k, &p, 5,
					  bridged ? &sent : &came);
			}
			scene_build(&c);
			assert_int_equal(c.trace.streams[0].side[0].sent,
					 n * SEGMENT);
			assert_int_equal(c.trace.streams[0].n_copies,
					 bridged ? n : 0);
			assert_int_equal(c.trace.streams[0].n_duplicates,
					 bridged ? 0 : n);
			assert_false(c.trace.streams[0].is_forwarded);
			scene_close(&c);
		}
}

/*
 * What is said.
 */

/* "once" packets were captured at one point, so many at two and at three. */
static void check_told(const uint32_t often[3], const char *wanted)
{
	struct scene c;
	uint32_t packet = 0;
	char *told = NULL;

	scene_open(&c);
	for (uint32_t points_of = 1; points_of <= 3; points_of++)
		for (uint32_t k = 0; k < often[points_of - 1]; k++) {
			struct sent p = data(100 + packet * SEGMENT, 1,
					     7 + (int)packet);

			p.time += 100 * packet;
			for (uint32_t m = 0; m < points_of; m++)
				scene_see(&c, packet, &p, m, &points[m]);
			packet++;
		}
	scene_build(&c);
	told = copies_describe(&c.trace);
	if (wanted)
		assert_string_equal(told, wanted);
	else
		assert_null(told);
	free(told);
	scene_close(&c);
}

static void test_told(void **state)
{
	static const struct {
		uint32_t often[3];
		const char *wanted;
	} cases[] = {
		{ { 9, 0, 0 }, NULL },
		{ { 0, 9, 0 },
		  "each packet was captured twice (on a and b): counted once" },
		{ { 0, 0, 9 },
		  "each packet was captured 3 times (on a, b and c): counted "
		  "once" },
		/* As many copies as packets, but not of each. */
		{ { 9, 0, 9 },
		  "9 of 18 packets were captured 3 times (on a, b and c): "
		  "counted once" },
		{ { 1, 20, 1 },
		  "nearly every packet was captured more than once (on a, b "
		  "and c): counted once" },
		{ { 0, 20, 1 },
		  "each packet was captured more than once (on a, b and c): "
		  "counted once" },
		{ { 1, 19, 0 },
		  "nearly every packet was captured twice (on a and b): "
		  "counted once" },
		{ { 1, 18, 0 },
		  "18 of 19 packets were captured twice (on a and b): counted "
		  "once" },
		{ { 99, 1, 0 },
		  "1 of 100 packets was captured twice (on a and b): counted "
		  "once" },
	};

	(void)state;
	for (size_t k = 0; k < N(cases); k++)
		check_told(cases[k].often, cases[k].wanted);
}

/* A super-segment and its pieces are one packet that was captured twice, or
   oftener. */
static void test_told_of_pieces(void **state)
{
	struct scene c;
	char *told = NULL;

	(void)state;
	scene_open(&c);
	see_cut(&c, 4, 0, 7, 9, &points[0]);
	see_cut(&c, 2, 10, 7, 9, &points[1]);
	scene_build(&c);
	told = copies_describe(&c.trace);
	assert_string_equal(told, "each packet was captured more than once (on "
				  "a and b): counted once");
	free(told);
	scene_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_points),
		cmocka_unit_test(test_three_points_twice),
		cmocka_unit_test(test_missing_piece),
		cmocka_unit_test(test_mixed_pieces),
		cmocka_unit_test(test_few_of_a_bridge),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_told_of_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
