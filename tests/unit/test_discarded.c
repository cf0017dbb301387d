/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data that came to its receiver: what proves that it was thrown away, and what
   does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "craft.h"
#include "model/key.h"
#include "model/trace.h"
#include "pair/discarded.h"

enum {
	CLIENT = 0,
	SERVER = 1,
	CLIENT_ISN = 100,
	SERVER_ISN = 7,
	FIRST = 0, /* subflows */
	JOINED = 1,
	LEN = 100, /* of each packet with data */
	SOON = 1,  /* ms */
	LATE = 51
};

/* The server's capture of two subflows; numbers are relative. */
struct writer {
	struct trace trace;
	int64_t now; /* ms */
	uint64_t idsn;
	uint32_t token;	 /* of the server */
	uint16_t window; /* that the server announces */
	uint32_t taken;	 /* bytes that its TCP acknowledges */
	int cut;	 /* the snaplen cuts options */
};

/* Returns which packet it is. */
static uint32_t send_packet(struct writer *w, int subflow, int side,
			    unsigned flags, uint32_t seq, uint32_t len,
			    const uint8_t *options, size_t n)
{
	uint16_t port = (uint16_t)(4000 + subflow);
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK |
				      ROW_HAS_WINDOW |
				      (w->cut ? ROW_OPTIONS_CUT : 0),
			   .frame = (uint32_t)w->trace.packets.n + 1,
			   .time = w->now * 1000000,
			   .stream = (uint32_t)subflow,
			   .flags = (uint16_t)flags,
			   .seq = (side ? SERVER_ISN : CLIENT_ISN) + seq,
			   .ack = side ? CLIENT_ISN + 1 + w->taken
				       : SERVER_ISN + 1,
			   .len = len,
			   .window = side ? w->window : 500 };

	craft_row(&w->trace.packets, &row, side, port, 80, options, n);
	return (uint32_t)w->trace.packets.n - 1;
}

static void join(struct writer *w)
{
	uint8_t syn[12] = { 30, 12, 0x10, 1 }, synack[16] = { 30, 16, 0x10, 0 },
		ack[24] = { 30, 24, 0x10, 0 };

	put(syn + 4, w->token, 4);
	put(syn + 8, 1, 4);
	put(synack + 12, 2, 4);
	send_packet(w, JOINED, CLIENT, TCP_SYN, 0, 0, syn, sizeof(syn));
	send_packet(w, JOINED, SERVER, TCP_SYN | TCP_ACK, 0, 0, synack,
		    sizeof(synack));
	send_packet(w, JOINED, CLIENT, TCP_ACK, 1, 0, ack, sizeof(ack));
}

static void start(struct writer *w)
{
	const struct craft_capable o = craft_capable();
	uint32_t token = 0;
	uint64_t idsn = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("discarded");
	w->window = 500;
	w->now = 1000;
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	key_derive(1, SERVER_KEY, &w->token, &idsn);
	send_packet(w, FIRST, CLIENT, TCP_SYN, 0, 0, o.syn, sizeof(o.syn));
	send_packet(w, FIRST, SERVER, TCP_SYN | TCP_ACK, 0, 0, o.synack,
		    sizeof(o.synack));
	send_packet(w, FIRST, CLIENT, TCP_ACK, 1, 0, o.ack, sizeof(o.ack));
	join(w);
}

/* LEN bytes at place ssn, data byte dsn, with a mapping of "mapped" bytes. */
static uint32_t came(struct writer *w, int subflow, uint32_t ssn, uint64_t dsn,
		     uint16_t mapped)
{
	uint8_t dss[20] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + dsn, 8);
	put(dss + 12, ssn, 4);
	put(dss + 16, mapped, 2);
	dss[18] = dss[19] = 1;
	return send_packet(w, subflow, CLIENT, TCP_ACK, ssn, LEN, dss,
			   mapped ? sizeof(dss) : 0);
}

static uint32_t original(struct writer *w, uint32_t ssn, uint64_t dsn)
{
	return came(w, JOINED, ssn, dsn, LEN);
}

static void acked(struct writer *w, int subflow, uint64_t dsn)
{
	uint8_t dss[12] = { 30, 12, 0x20, 0x03 };

	put(dss + 4, w->idsn + dsn, 8);
	send_packet(w, subflow, SERVER, TCP_ACK, 1, 0, dss, sizeof(dss));
}

static void failed(struct writer *w, int subflow, uint64_t dsn)
{
	uint8_t fail[12] = { 30, 12, 0x60, 0 };

	put(fail + 4, w->idsn + dsn, 8);
	send_packet(w, subflow, SERVER, TCP_ACK, 1, 0, fail, sizeof(fail));
}

static void reset(struct writer *w, int subflow)
{
	send_packet(w, subflow, SERVER, TCP_RST | TCP_ACK, 1, 0, NULL, 0);
}

/* LEN bytes come again on the first subflow; their place on the other was ssn.
 */
static enum discarded_answer ask_of(struct writer *w, uint64_t dsn, int64_t ssn,
				    uint32_t packet)
{
	struct discarded d;
	struct discarded_question ask = { .dsn = (int64_t)dsn,
					  .end = (int64_t)dsn + LEN,
					  .packet = packet,
					  .has_place = 1,
					  .subflow = JOINED,
					  .ssn = ssn };
	enum discarded_answer answer = DISCARDED_NOT;

	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, 2);
	discarded_find(&w->trace, &w->trace.connections[0], TO_SERVER, &d);
	assert_true(d.known);
	answer = discarded_ask(&d, &ask);
	discarded_release(&d);
	trace_release(&w->trace);
	return answer;
}

/* The reinjection of byte dsn on, and a DATA_ACK for it. */
static enum discarded_answer then_it_came_again(struct writer *w, uint64_t dsn,
						int64_t ssn)
{
	uint32_t packet = came(w, FIRST, 1, dsn, LEN);

	w->now += SOON;
	acked(w, FIRST, dsn + LEN);
	return ask_of(w, dsn, ssn, packet);
}

static void without_a_mapping(void **state)
{
	struct writer w;

	(void)state;
	start(&w);
	came(&w, JOINED, 1, 1, 0);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED);
	/* the mapping of an earlier packet counts */
	start(&w);
	came(&w, JOINED, 1, 1, 2 * LEN);
	came(&w, JOINED, 1 + LEN, 1 + LEN, 0);
	assert_int_equal(then_it_came_again(&w, 1 + LEN, 1 + LEN),
			 DISCARDED_NOT);
	/* there may be one that was not captured */
	start(&w);
	w.cut = 1;
	came(&w, JOINED, 1, 1, 0);
	w.cut = 0;
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* it did not come at all */
	start(&w);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
}

static void behind_an_mp_fail(void **state)
{
	struct writer w;

	(void)state;
	for (int side = 0; side < 3; side++) {
		start(&w);
		original(&w, 1, 1);
		original(&w, 1 + LEN, 1 + LEN);
		/* what it names, what is behind it; not what is before it */
		failed(&w, JOINED, 2 + LEN - (uint64_t)side);
		assert_int_equal(then_it_came_again(&w, 1 + LEN, 1 + LEN),
				 side ? DISCARDED : DISCARDED_NOT);
	}
	/* of another subflow */
	start(&w);
	original(&w, 1, 1);
	failed(&w, FIRST, 1);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
}

static void an_mp_fail_comes_too_late(void **state)
{
	struct writer w;
	uint32_t packet = 0;

	(void)state;
	start(&w);
	original(&w, 1, 1);
	packet = came(&w, FIRST, 1, 1, LEN);
	failed(&w, JOINED, 1);
	acked(&w, FIRST, 1 + LEN);
	assert_int_equal(ask_of(&w, 1, 1, packet), DISCARDED_NOT);
}

static void behind_the_receivers_rst(void **state)
{
	struct writer w;

	(void)state;
	start(&w);
	reset(&w, JOINED);
	original(&w, 1, 1);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED);
	/* before it, and nothing says that it was not kept */
	start(&w);
	original(&w, 1, 1);
	reset(&w, JOINED);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* of another subflow */
	start(&w);
	reset(&w, FIRST);
	original(&w, 1, 1);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
}

/* The DATA_ACK stands at byte 1, "ms" after that came. */
static void stands_after(struct writer *w, int64_t ms)
{
	w->now += ms;
	acked(w, FIRST, 1);
}

static void a_data_ack_stands(void **state)
{
	struct writer w;

	(void)state;
	start(&w);
	original(&w, 1, 1);
	stands_after(&w, LATE);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED);
	/* it may be on its way */
	start(&w);
	original(&w, 1, 1);
	stands_after(&w, LATE - 1);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* but not where the subflow was reset meanwhile */
	start(&w);
	original(&w, 1, 1);
	reset(&w, JOINED);
	stands_after(&w, SOON);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED);
	/* what came on the subflow behind that byte shares its fate, even later
	 */
	start(&w);
	original(&w, 1, 1);
	stands_after(&w, LATE);
	original(&w, 1 + LEN, 1 + LEN);
	assert_int_equal(then_it_came_again(&w, 1 + LEN, 1 + LEN), DISCARDED);
}

static void a_data_ack_that_proves_nothing(void **state)
{
	struct writer w;
	uint32_t packet = 0;

	(void)state;
	/* the window is closed */
	start(&w);
	original(&w, 1, 1);
	w.window = 0;
	stands_after(&w, LATE);
	w.window = 500;
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* the hole is elsewhere: byte 1 did not come */
	start(&w);
	original(&w, 1, 1 + LEN);
	stands_after(&w, LATE);
	assert_int_equal(then_it_came_again(&w, 1 + LEN, 1), DISCARDED_NOT);
	/* byte 1 came on another subflow */
	start(&w);
	came(&w, FIRST, 1 + LEN, 1, LEN);
	original(&w, 1, 1 + LEN);
	stands_after(&w, LATE);
	assert_int_equal(then_it_came_again(&w, 1 + LEN, 1), DISCARDED_NOT);
	/* a hole of the subflow holds it back, until after it comes again */
	start(&w);
	original(&w, 1 + LEN, 1);
	stands_after(&w, LATE);
	packet = came(&w, FIRST, 1, 1, LEN);
	original(&w, 1, 1 + 5 * LEN);
	acked(&w, FIRST, 1 + LEN);
	assert_int_equal(ask_of(&w, 1, 1 + LEN, packet), DISCARDED_NOT);
	/* its mapping is not whole */
	start(&w);
	came(&w, JOINED, 1, 1, 2 * LEN);
	stands_after(&w, LATE);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* an old one, on a subflow that is slower */
	start(&w);
	original(&w, 1, 1);
	original(&w, 1 + LEN, 1 + LEN);
	acked(&w, JOINED, 1 + LEN);
	stands_after(&w, LATE);
	assert_int_equal(then_it_came_again(&w, 1 + LEN, 1 + LEN),
			 DISCARDED_NOT);
}

/* Byte 1 waits on the second subflow for what is below it there. */
static void waits_on_its_subflow(void **state)
{
	struct writer w;
	uint32_t packet = 0;

	(void)state;
	start(&w);
	original(&w, 1 + LEN, 1);
	assert_int_equal(then_it_came_again(&w, 1, 1 + LEN), DISCARDED_WAITED);
	/* what TCP acknowledged did not: its beginning was not captured */
	start(&w);
	original(&w, 1 + LEN, 1);
	packet = came(&w, FIRST, 1, 1, LEN);
	w.taken = 2 * LEN;
	acked(&w, JOINED, 1);
	acked(&w, FIRST, 1 + LEN);
	assert_int_equal(ask_of(&w, 1, 1 + LEN, packet), DISCARDED_NOT);
	/* nor was it used if it has to wait itself */
	start(&w);
	original(&w, 1 + LEN, 1);
	packet = came(&w, FIRST, 1 + LEN, 1, LEN);
	acked(&w, FIRST, 1 + LEN);
	assert_int_equal(ask_of(&w, 1, 1 + LEN, packet), DISCARDED_NOT);
	/* nor, as far as known, if no DATA_ACK came */
	start(&w);
	original(&w, 1 + LEN, 1);
	packet = came(&w, FIRST, 1, 1, LEN);
	assert_int_equal(ask_of(&w, 1, 1 + LEN, packet), DISCARDED_NOT);
}

static void covered_before_or_never(void **state)
{
	struct writer w;
	uint32_t packet = 0;

	(void)state;
	/* whatever the MP_FAIL says */
	start(&w);
	original(&w, 1, 1);
	failed(&w, JOINED, 1);
	acked(&w, JOINED, 1 + LEN);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED_NOT);
	/* a part is enough */
	start(&w);
	original(&w, 1, 1);
	failed(&w, JOINED, 1);
	acked(&w, JOINED, LEN);
	assert_int_equal(then_it_came_again(&w, 1, 1), DISCARDED);
	/* nothing shows that it was kept when it came again */
	start(&w);
	original(&w, 1, 1);
	failed(&w, JOINED, 1);
	packet = came(&w, FIRST, 1, 1, LEN);
	acked(&w, FIRST, LEN);
	assert_int_equal(ask_of(&w, 1, 1, packet), DISCARDED_BOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_mapping),
		cmocka_unit_test(behind_an_mp_fail),
		cmocka_unit_test(an_mp_fail_comes_too_late),
		cmocka_unit_test(behind_the_receivers_rst),
		cmocka_unit_test(a_data_ack_stands),
		cmocka_unit_test(a_data_ack_that_proves_nothing),
		cmocka_unit_test(waits_on_its_subflow),
		cmocka_unit_test(covered_before_or_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
