/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection that goes on: 12 GB over two subflows, whose sequence numbers
 * wrap, with bytes that are retransmitted, reinjected and repeated.  All are
 * counted, while only a few of its packets are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft.h"
#include "live/live.h"

enum {
	PACKETS = 300000, /* with data that is new */
	SIZE = 40000,	  /* bytes of each */
	ACK_EVERY = 8,
	RETRANSMIT_EVERY = 97,
	REINJECT_EVERY = 151,
	STALLED_FROM = 100000, /* packets: the second subflow is silent */
	STALLED_TO = 240000
};

/* What was sent, as who sends it knows. */
struct sender {
	struct live *live;
	struct row row;
	int64_t time;
	uint64_t dsn, acked; /* from 1 */
	uint64_t ssn[2];     /* of the next byte, from 1 */
	uint64_t last[2];    /* data of the last packet */
	uint64_t unique[2], retransmitted[2], reinjected[2];
	uint64_t most; /* packets that were kept */
	uint64_t idsn;
	size_t told[EVENT_KINDS];
};

static void count_event(void *ctx, const struct trace *t,
			const struct connection *conn, const struct event *e)
{
	struct sender *s = ctx;

	(void)t;
	(void)conn;
	s->told[e->kind]++;
}

static void send(struct sender *s, int k, int reverse, uint16_t flags,
		 uint32_t seq, uint32_t ack, uint32_t len,
		 const uint8_t *options, size_t n)
{
	struct error err = ERROR_INIT;
	struct row *row = &s->row;

	row_clear(row);
	row->present = ROW_HAS_TCP | ROW_HAS_ACK;
	row->frame = (uint32_t)(s->time / 10000);
	row->time = s->time;
	row->stream = (uint32_t)k;
	row->flags = flags;
	row->seq = seq;
	row->ack = ack;
	row->len = len;
	craft_rest(row, reverse, (uint16_t)(4000 + k), 80, options, n);
	assert_int_equal(live_take(s->live, row, &err), 0);
	s->time += 10000;
}

/* Where subflows begin: the numbers wrap soon. */
static uint32_t isn(int k)
{
	return 0xfff00000u + (uint32_t)k;
}

static void open_subflows(struct sender *s)
{
	const struct craft_capable c = craft_capable();
	const struct craft_join j = craft_join(1);

	send(s, 0, 0, TCP_SYN, isn(0), 0, 0, c.syn, sizeof(c.syn));
	send(s, 0, 1, TCP_SYN | TCP_ACK, 900, isn(0) + 1, 0, c.synack,
	     sizeof(c.synack));
	send(s, 0, 0, TCP_ACK, isn(0) + 1, 901, 0, c.ack, sizeof(c.ack));
	send(s, 1, 0, TCP_SYN, isn(1), 0, 0, j.syn, sizeof(j.syn));
	send(s, 1, 1, TCP_SYN | TCP_ACK, 900, isn(1) + 1, 0, j.synack,
	     sizeof(j.synack));
	send(s, 1, 0, TCP_ACK, isn(1) + 1, 901, 0, j.ack, sizeof(j.ack));
	send(s, 1, 1, TCP_ACK, 901, isn(1) + 1, 0, NULL, 0);
}

static void send_data(struct sender *s, int k, uint64_t ssn, uint64_t dsn)
{
	uint8_t dss[18] = { 30, sizeof(dss), 0x20, 0x0c };

	put(dss + 4, s->idsn + dsn, 8);
	put(dss + 12, ssn, 4);
	put(dss + 16, SIZE, 2);
	send(s, k, 0, TCP_ACK, isn(k) + (uint32_t)ssn, 901, SIZE, dss,
	     sizeof(dss));
}

static void send_new(struct sender *s, int k)
{
	send_data(s, k, s->ssn[k], s->dsn);
	s->last[k] = s->dsn;
	s->unique[k] += SIZE;
	s->dsn += SIZE;
	s->ssn[k] += SIZE;
}

/* The last packet once more. */
static void retransmit(struct sender *s, int k)
{
	send_data(s, k, s->ssn[k] - SIZE, s->last[k]);
	s->retransmitted[k] += SIZE;
}

/* Data of the other subflow. */
static void reinject(struct sender *s, int k)
{
	send_data(s, k, s->ssn[k], s->last[!k]);
	s->last[k] = s->last[!k];
	s->reinjected[k] += SIZE;
	s->ssn[k] += SIZE;
}

static void acknowledge(struct sender *s, int k)
{
	uint8_t dss[12] = { 30, sizeof(dss), 0x20, 0x03 };

	put(dss + 4, s->idsn + s->dsn, 8);
	send(s, k, 1, TCP_ACK, 901, isn(k) + (uint32_t)s->ssn[k], 0, dss,
	     sizeof(dss));
}

static void look(struct sender *s)
{
	struct live_totals totals;

	live_look(s->live, s->time);
	live_totals(s->live, &totals);
	if (totals.kept > s->most)
		s->most = totals.kept;
}

static bool is_silent(unsigned i)
{
	return i >= STALLED_FROM && i < STALLED_TO;
}

static void send_all(struct sender *s)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		const int k = i % 2 && !is_silent(i);

		send_new(s, k);
		if (i == STALLED_FROM - 1)
			continue; /* the last one of the second is lost */
		if (i % RETRANSMIT_EVERY == 0)
			retransmit(s, k);
		if (i % REINJECT_EVERY == 0 && i > 1 && !is_silent(i))
			reinject(s, k);
		if (i % ACK_EVERY == 0) {
			acknowledge(s, 0);
			if (!is_silent(i))
				acknowledge(s, 1);
		}
		if (i % 1000 == 0)
			look(s);
	}
}

static void check(const struct live_flow *flow, uint64_t unique,
		  uint64_t retransmitted, uint64_t reinjected)
{
	assert_int_equal(flow->bytes.of[BYTES_UNIQUE], unique);
	assert_int_equal(flow->bytes.of[BYTES_TCP_RETRANSMITTED],
			 retransmitted);
	assert_int_equal(flow->bytes.of[BYTES_REINJECTED], reinjected);
	assert_int_equal(flow->bytes.of[BYTES_MPTCP_REPEATED], 0);
	assert_int_equal(flow->bytes.of[BYTES_UNMAPPED], 0);
	assert_int_equal(flow->bytes.sent, unique + retransmitted + reinjected);
}

static void test_long(void **state)
{
	struct sender s = { .time = 1000000000, .dsn = 1, .ssn = { 1, 1 } };
	const struct live_options options = { .keep = INT64_MAX / 2,
					      .second = 1000000000,
					      .packets = 100000,
					      .event = count_event,
					      .ctx = &s };
	const struct live_connection *all = NULL;
	uint32_t token = 0;
	size_t n = 0;

	(void)state;
	key_derive(1, CLIENT_KEY, &token, &s.idsn);
	s.live = live_new(&options);
	open_subflows(&s);
	send_all(&s);
	live_end(s.live);
	all = live_connections(s.live, &n);
	assert_int_equal(n, 1);
	assert_int_equal(all->n_subflows, 2);
	for (int k = 0; k < 2; k++)
		check(&all->subflows[k].flow[TO_SERVER], s.unique[k],
		      s.retransmitted[k], s.reinjected[k]);
	check(&all->flow[TO_SERVER], s.unique[0] + s.unique[1],
	      s.retransmitted[0] + s.retransmitted[1],
	      s.reinjected[0] + s.reinjected[1]);
	assert_int_equal(s.dsn - 1, (uint64_t)PACKETS * SIZE);
	/* 340,000 packets came. */
	assert_true(s.most < 110000);
	assert_int_equal(s.told[EVENT_STALLED], 1);
	assert_int_equal(s.told[EVENT_RECOVERED], 1);
	assert_int_equal(s.told[EVENT_FIRST_DATA], 2);
	assert_int_equal(s.told[EVENT_JOIN_ESTABLISHED], 1);
	live_free(s.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
