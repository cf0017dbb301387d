/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which TCP streams belong to Multipath TCP, and which of those are looked at
 * together, while packets arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft.h"
#include "live/live.h"

enum {
	HELD = 16,	    /* packets of a stream, as intake.c has it */
	HELD_ALL = 1 << 14, /* of all streams */
	JOINS = 20
};

static const int64_t second = 1000000000;

struct watch {
	struct live *live;
	uint32_t frame;
};

static void send(struct watch *w, uint32_t k, int reverse, uint16_t flags,
		 const uint8_t *options, size_t n)
{
	struct error err = ERROR_INIT;
	struct row row;

	row_clear(&row);
	row.present = ROW_HAS_TCP | ROW_HAS_ACK;
	row.frame = ++w->frame;
	row.time = second + w->frame;
	row.stream = k;
	row.flags = flags;
	row.seq = flags & TCP_SYN ? 100 : 101;
	row.ack = flags & TCP_ACK ? 101 : 0;
	craft_rest(&row, reverse, (uint16_t)(4000 + k), 80, options, n);
	assert_int_equal(live_take(w->live, &row, &err), 0);
}

static struct watch start(void)
{
	const struct live_options options = { .keep = 60 * second,
					      .second = second };

	return (struct watch){ .live = live_new(&options) };
}

static struct live_totals totals(const struct watch *w)
{
	struct live_totals t;

	live_totals(w->live, &t);
	return t;
}

/* The number of connections that are shown. */
static size_t shown(struct watch *w)
{
	size_t n = 0;

	live_look(w->live, 2 * second);
	live_connections(w->live, &n);
	return n;
}

/* A stream whose handshake is missing is plain TCP once it had many packets
   without MPTCP options, which are then not kept. */
static void many_without_option(void **state)
{
	struct watch w = start();

	(void)state;
	for (int i = 0; i < HELD; i++)
		send(&w, 0, 0, TCP_ACK, NULL, 0);
	assert_int_equal(totals(&w).other_streams, 0);
	assert_int_equal(totals(&w).kept, HELD);
	send(&w, 0, 0, TCP_ACK, NULL, 0);
	assert_int_equal(totals(&w).other_streams, 1);
	assert_int_equal(totals(&w).kept, 0);
	send(&w, 0, 0, TCP_ACK, NULL, 0);
	assert_int_equal(totals(&w).other_streams, 1);
	assert_int_equal(shown(&w), 0);
	live_free(w.live);
}

/* Or if there are many such streams. */
static void many_streams(void **state)
{
	struct watch w = start();

	(void)state;
	for (uint32_t k = 0; k < HELD_ALL; k++)
		send(&w, k, 0, TCP_ACK, NULL, 0);
	assert_int_equal(totals(&w).other_streams, 0);
	send(&w, HELD_ALL, 0, TCP_ACK, NULL, 0);
	assert_int_equal(totals(&w).other_streams, 1);
	assert_int_equal(totals(&w).kept, HELD_ALL);
	live_free(w.live);
}

/* Subflows come before the key that they belong to. */
static void join_before_key(struct watch *w)
{
	const struct craft_capable c = craft_capable();

	send(w, 0, 0, TCP_SYN, c.syn, sizeof(c.syn));
	for (uint32_t k = 1; k <= JOINS; k++) {
		const struct craft_join j = craft_join(k);

		send(w, k, 0, TCP_SYN, j.syn, sizeof(j.syn));
	}
	assert_int_equal(shown(w) + totals(w).left_out, 2);
	send(w, 0, 1, TCP_SYN | TCP_ACK, c.synack, sizeof(c.synack));
	send(w, 0, 0, TCP_ACK, c.ack, sizeof(c.ack));
}

static void two_that_are_one(void **state)
{
	struct watch w = start();
	const struct live_connection *c = NULL;
	size_t n = 0;

	(void)state;
	join_before_key(&w);
	assert_int_equal(shown(&w), 1);
	c = live_connections(w.live, &n);
	assert_int_equal(c->n_subflows, 1 + JOINS);
	assert_int_equal(totals(&w).connections, 1);
	assert_int_equal(totals(&w).left_out, 0);
	live_free(w.live);
}

/* The first one is looked at, the second is not, until they are one. */
static void one_of_two_is_left_out(void **state)
{
	struct watch w = start();

	(void)state;
	live_sample(w.live, 2);
	join_before_key(&w);
	assert_int_equal(shown(&w), 0);
	assert_int_equal(totals(&w).connections, 0);
	assert_int_equal(totals(&w).left_out, 1);
	assert_int_equal(totals(&w).kept, 0);
	live_free(w.live);
}

/* Data with such a number. */
static void send_data(struct watch *w, uint32_t k, uint64_t dsn)
{
	uint8_t dss[18] = { 30, sizeof(dss), 0x20, 0x0c };

	put(dss + 4, dsn, 8);
	put(dss + 12, 1, 4);
	put(dss + 16, 1, 2);
	send(w, k, 0, TCP_ACK, dss, sizeof(dss));
}

static void open_connection(struct watch *w, uint32_t k, uint64_t client_key,
			    uint64_t server_key)
{
	struct craft_capable c = craft_capable();

	put(c.synack + 4, server_key, 8);
	put(c.ack + 4, client_key, 8);
	put(c.ack + 12, server_key, 8);
	send(w, k, 0, TCP_SYN, c.syn, sizeof(c.syn));
	send(w, k, 1, TCP_SYN | TCP_ACK, c.synack, sizeof(c.synack));
	send(w, k, 0, TCP_ACK, c.ack, sizeof(c.ack));
}

/* Numbers of data that come near those of another connection do not join two
   whose keys are known. */
static void near_numbers(void **state)
{
	struct watch w = start();
	uint32_t token = 0;
	uint64_t idsn = 0;

	(void)state;
	open_connection(&w, 0, 1111, 2222);
	open_connection(&w, 1, 3333, 4444);
	key_derive(1, 1111, &token, &idsn);
	send_data(&w, 1, idsn + 1);
	assert_int_equal(shown(&w), 2);
	live_sample(w.live, 2);
	assert_int_equal(shown(&w), 1);
	assert_int_equal(totals(&w).left_out, 1);
	live_free(w.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_without_option),
		cmocka_unit_test(many_streams),
		cmocka_unit_test(two_that_are_one),
		cmocka_unit_test(one_of_two_is_left_out),
		cmocka_unit_test(near_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
