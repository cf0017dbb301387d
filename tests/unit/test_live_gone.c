/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections that are forgotten: whoever is told of one sees the sums of all,
 * each once, and what nobody answers is not kept for long when there is much.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft.h"
#include "live/live.h"

enum {
	CONNECTIONS = 6,
	SIZE = 100, /* bytes of each packet with data */
	IDLE = 30,  /* connections, with so many packets */
	MANY = 400,
	FLOOD = 9000, /* SYN that nobody answers */
	SHOWN = 4096  /* of these, as live.c has it */
};

static const int64_t second = 1000000000;

struct watch {
	struct live *live;
	struct row row;
	int64_t time;
	uint32_t frame;
	size_t told;
};

static void send_at(struct watch *w, uint32_t k, int reverse, uint16_t flags,
		    uint32_t seq, uint32_t len, const uint8_t *options,
		    size_t n)
{
	struct error err = ERROR_INIT;
	struct row *row = &w->row;

	row_clear(row);
	row->present = ROW_HAS_TCP | ROW_HAS_ACK;
	row->frame = ++w->frame;
	row->time = w->time++;
	row->stream = k;
	row->flags = flags;
	row->seq = seq;
	row->ack = flags & TCP_ACK ? 101 : 0;
	row->len = len;
	craft_rest(row, reverse, (uint16_t)(4000 + k), 80, options, n);
	assert_int_equal(live_take(w->live, row, &err), 0);
}

static void send(struct watch *w, uint32_t k, int reverse, uint16_t flags,
		 uint32_t len, const uint8_t *options, size_t n)
{
	send_at(w, k, reverse, flags, flags & TCP_SYN ? 100 : 101, len, options,
		n);
}

/* It falls back to TCP: nothing ties it to the others. */
static void make_connection(struct watch *w, uint32_t k)
{
	const struct craft_capable c = craft_capable();

	send(w, k, 0, TCP_SYN, 0, c.syn, sizeof(c.syn));
	send(w, k, 1, TCP_SYN | TCP_ACK, 0, NULL, 0);
	send(w, k, 0, TCP_ACK, SIZE, NULL, 0);
	send(w, k, 0, TCP_RST, 0, NULL, 0);
}

static void check_sums(struct watch *w)
{
	struct live_totals totals;

	live_totals(w->live, &totals);
	assert_int_equal(totals.connections, CONNECTIONS);
	assert_int_equal(totals.gone, CONNECTIONS);
	assert_int_equal(totals.bytes, CONNECTIONS * SIZE);
	assert_int_equal(totals.kept, 0);
}

static void take_gone(void *ctx, const struct live_connection *c)
{
	struct watch *w = ctx;

	assert_int_equal(c->id, w->told);
	assert_int_equal(c->flow[0].bytes.sent, SIZE);
	w->told++;
	check_sums(w);
}

static void test_gone(void **state)
{
	struct watch w = { .time = second };
	const struct live_options options = { .keep = 60 * second,
					      .second = second,
					      .gone = take_gone,
					      .ctx = &w };

	(void)state;
	w.live = live_new(&options);
	for (uint32_t k = 0; k < CONNECTIONS; k++)
		make_connection(&w, k);
	live_look(w.live, 2 * second);
	live_look(w.live, 10 * second);
	assert_int_equal(w.told, 0);
	live_look(w.live, 100 * second);
	assert_int_equal(w.told, CONNECTIONS);
	check_sums(&w);
	live_free(w.live);
}

/* One that nobody ends is kept for a day, however little --keep is. */
static void test_silent(void **state)
{
	const struct craft_capable c = craft_capable();
	const int64_t day = 24 * 3600 * second;
	struct watch w = { .time = second };
	const struct live_options options = { .keep = 60 * second,
					      .second = second };
	struct live_totals totals;

	(void)state;
	w.live = live_new(&options);
	send(&w, 0, 0, TCP_SYN, 0, c.syn, sizeof(c.syn));
	send(&w, 0, 1, TCP_SYN | TCP_ACK, 0, c.synack, sizeof(c.synack));
	send(&w, 0, 0, TCP_ACK, 0, c.ack, sizeof(c.ack));
	send(&w, 0, 0, TCP_ACK, SIZE, NULL, 0);
	for (int hours = 1; hours <= 26; hours++) {
		live_look(w.live, hours * day / 24);
		live_totals(w.live, &totals);
		assert_int_equal(totals.connections, 1);
		assert_int_equal(totals.gone, hours > 24);
	}
	live_free(w.live);
}

/* One that goes on as plain TCP, and then is silent. */
static void make_idle(struct watch *w, uint32_t k)
{
	const struct craft_capable c = craft_capable();

	send(w, k, 0, TCP_SYN, 0, c.syn, sizeof(c.syn));
	send(w, k, 1, TCP_SYN | TCP_ACK, 0, NULL, 0);
	for (uint32_t i = 0; i < MANY; i++)
		send_at(w, k, 0, TCP_ACK, 101 + i * SIZE, SIZE, NULL, 0);
}

/* Idle connections give up packets when there are too many of all. */
static void test_idle(void **state)
{
	struct watch w = { .time = second };
	const struct live_options options = { .keep = 60 * second,
					      .second = second,
					      .packets = 20 * MANY };
	struct live_totals totals;

	(void)state;
	w.live = live_new(&options);
	for (uint32_t k = 0; k < IDLE; k++) {
		w.time = (k + 1) * 2 * second;
		make_idle(&w, k);
		live_look(w.live, w.time + second);
		live_totals(w.live, &totals);
		assert_in_range(totals.kept, 1, options.packets);
	}
	live_end(w.live);
	live_totals(w.live, &totals);
	assert_int_equal(totals.connections, IDLE);
	assert_int_equal(totals.bytes, IDLE * MANY * SIZE);
	live_free(w.live);
}

static void look_at_flood(struct watch *w, int64_t now, size_t shown)
{
	struct live_totals totals;
	size_t n = 0;

	live_look(w->live, now);
	live_connections(w->live, &n);
	assert_int_equal(n, shown);
	live_totals(w->live, &totals);
	assert_int_equal(totals.connections, FLOOD);
	assert_int_equal(totals.gone, FLOOD - shown);
}

/* They do not stay for as long as one that may still be answered would. */
static void test_flood(void **state)
{
	struct watch w = { .time = second };
	const struct live_options options = { .keep = 600 * second,
					      .second = second };
	const struct craft_capable c = craft_capable();

	(void)state;
	w.live = live_new(&options);
	for (uint32_t k = 0; k < FLOOD; k++)
		send(&w, k, 0, TCP_SYN, 0, c.syn, sizeof(c.syn));
	look_at_flood(&w, 2 * second, FLOOD);
	look_at_flood(&w, 5 * second, SHOWN);
	look_at_flood(&w, 500 * second, SHOWN);
	look_at_flood(&w, 700 * second, 0);
	live_free(w.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
