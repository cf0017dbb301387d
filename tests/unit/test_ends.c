/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only one end can know: what a receiver held and when it gave up
   (arrival.h), and what the holes of a capture are (whole.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "craft.h"
#include "model/account.h"
#include "model/arrival.h"
#include "model/key.h"
#include "model/whole.h"

enum {
	SUBFLOWS = 2,
	SEGMENT = 100, /* bytes */
	RTT = 20,      /* ms */
	CLIENT = 0,
	SERVER = 1
};

/* Writes a connection with two subflows; the client sends data. */
struct writer {
	struct trace trace;
	struct ledger ledger;
	uint64_t idsn;		 /* of the client */
	uint32_t next[SUBFLOWS]; /* subflow byte, 1 = first */
};

static void open_initial(struct writer *w)
{
	const struct craft_capable o = craft_capable();

	craft_packet(&w->trace.packets, 0, 0, 0, TCP_SYN, 0, 0, 0, o.syn,
		     sizeof(o.syn));
	craft_packet(&w->trace.packets, RTT, 0, 1, TCP_SYN | TCP_ACK, 0, 1, 0,
		     o.synack, sizeof(o.synack));
	craft_packet(&w->trace.packets, RTT, 0, 0, TCP_ACK, 1, 1, 0, o.ack,
		     sizeof(o.ack));
}

static void open_join(struct writer *w)
{
	const struct craft_join o = craft_join(1);

	craft_packet(&w->trace.packets, RTT, 1, 0, TCP_SYN, 0, 0, 0, o.syn,
		     sizeof(o.syn));
	craft_packet(&w->trace.packets, 2 * RTT, 1, 1, TCP_SYN | TCP_ACK, 0, 1,
		     0, o.synack, sizeof(o.synack));
	craft_packet(&w->trace.packets, 2 * RTT, 1, 0, TCP_ACK, 1, 1, 0, o.ack,
		     sizeof(o.ack));
}

static void begin(struct writer *w)
{
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	w->next[0] = w->next[1] = 1;
	open_initial(w);
	open_join(w);
}

/* A segment whose first data byte is the n-th hundred. */
static void send_data(struct writer *w, int64_t ms, uint32_t k, int n)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + 1 + (uint64_t)n * SEGMENT, 8);
	put(dss + 12, w->next[k], 4);
	put(dss + 16, SEGMENT, 2);
	craft_packet(&w->trace.packets, ms, k, 0, TCP_ACK, w->next[k], 1,
		     SEGMENT, dss, sizeof(dss));
	w->next[k] += SEGMENT;
}

/* All that the subflow carried, and n hundreds of data. */
static void acknowledge(struct writer *w, int64_t ms, uint32_t k, int n)
{
	uint8_t dss[8] = { 30, 8, 0x20, 0x01 };

	put(dss + 4, w->idsn + 1 + (uint64_t)n * SEGMENT, 4);
	craft_packet(&w->trace.packets, ms, k, 1, TCP_ACK, 1, w->next[k], 0,
		     dss, sizeof(dss));
}

static void send_flag(struct writer *w, int64_t ms, uint32_t k, int from,
		      uint16_t flag)
{
	uint8_t dss[8] = { 30, 8, 0x20, 0x01 };

	put(dss + 4, w->idsn + 1, 4);
	craft_packet(&w->trace.packets, ms, k, from, flag | TCP_ACK,
		     from ? 1 : w->next[k], from ? w->next[k] : 1, 0, dss,
		     from && flag == TCP_FIN ? sizeof(dss) : 0);
}

static void send_fastclose(struct writer *w, int64_t ms, int from, uint64_t key)
{
	uint8_t option[12] = { 30, 12, 0x70 };

	put(option + 4, key, 8);
	craft_packet(&w->trace.packets, ms, 0, from, TCP_ACK,
		     from ? 1 : w->next[0], from ? w->next[0] : 1, 0, option,
		     sizeof(option));
}

static struct connection *read_all(struct writer *w)
{
	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, SUBFLOWS);
	ledger_init(&w->ledger);
	account_connection(&w->trace, w->trace.connections, &w->ledger);
	return w->trace.connections;
}

static void end(struct writer *w)
{
	ledger_release(&w->ledger);
	trace_release(&w->trace);
}

/* The first hundred is missing from 100 ms on; at 900 ms more comes. */
static void hold(struct writer *w)
{
	begin(w);
	send_data(w, 100, 0, 1);
	send_data(w, 110, 1, 3);
}

/* For how many ms something was held; -1 is that no packet ended it. */
static void expect(struct writer *w, int64_t end_ms, int64_t held_ms)
{
	struct reordering result;
	struct reorder r;
	const struct connection *conn = NULL;
	uint32_t last = LEDGER_NO_PACKET;

	send_data(w, 900, 0, 2);
	conn = read_all(w);
	last = arrival_end(&w->trace, conn, TO_SERVER);
	if (end_ms < 0)
		assert_int_equal(last, LEDGER_NO_PACKET);
	else
		assert_int_equal(w->trace.packets.time[last], end_ms * 1000000);
	reorder_init(&r, SUBFLOWS, 1, 1);
	arrival_walk(&w->trace, conn, &w->ledger, TO_SERVER, &r, NULL, NULL);
	reorder_finish(&r, INT64_C(900000000), &result);
	assert_int_equal(result.blocked, held_ms * 1000000);
	assert_int_equal(result.blocked_max, held_ms * 1000000);
	/* That the last one is late is so all the same. */
	assert_int_equal(result.packets, 3);
	assert_int_equal(result.late, 1);
	assert_int_equal(result.delay.n, 0);
	assert_int_equal(result.unresolved, 3);
	assert_int_equal(result.held_max, (end_ms < 0 ? 3 : 2) * SEGMENT);
	reordering_release(&result);
	end(w);
}

static void test_holds_to_the_end(void **state)
{
	struct writer w;

	(void)state;
	hold(&w);
	expect(&w, -1, 800);
}

static void test_fastclose(void **state)
{
	struct writer w;

	(void)state;
	hold(&w); /* by the receiver */
	send_fastclose(&w, 300, SERVER, CLIENT_KEY);
	expect(&w, 300, 200);
	hold(&w); /* by the sender */
	send_fastclose(&w, 400, CLIENT, SERVER_KEY);
	expect(&w, 400, 300);
	hold(&w); /* with a wrong key it is none */
	send_fastclose(&w, 300, SERVER, SERVER_KEY);
	expect(&w, -1, 800);
}

static void test_reset(void **state)
{
	struct writer w;

	(void)state;
	hold(&w); /* one of two: the other goes on */
	send_flag(&w, 300, 1, SERVER, TCP_RST);
	expect(&w, -1, 800);
	hold(&w); /* both, the last by the receiver */
	send_flag(&w, 300, 1, CLIENT, TCP_RST);
	send_flag(&w, 500, 0, SERVER, TCP_RST);
	expect(&w, 500, 400);
	hold(&w); /* the last by the sender: new subflows may come */
	send_flag(&w, 300, 1, SERVER, TCP_RST);
	send_flag(&w, 500, 0, CLIENT, TCP_RST);
	expect(&w, -1, 800);
	hold(&w); /* one was closed before */
	send_flag(&w, 200, 1, CLIENT, TCP_FIN);
	send_flag(&w, 210, 1, SERVER, TCP_FIN);
	send_flag(&w, 600, 0, SERVER, TCP_RST);
	expect(&w, 600, 500);
}

static void test_half_close(void **state)
{
	struct writer w;

	(void)state;
	hold(&w);
	send_flag(&w, 300, 1, SERVER, TCP_FIN);
	send_flag(&w, 300, 0, SERVER, TCP_FIN);
	expect(&w, -1, 800);
}

static enum holes judge(struct writer *w, enum vantage vantage)
{
	const struct connection *conn = read_all(w);
	struct tcp_summary tcp[SUBFLOWS];
	struct coverage c;
	enum holes holes = HOLES_UNKNOWN;

	for (size_t k = 0; k < SUBFLOWS; k++)
		tcp_summarize(&w->trace, &w->trace.streams[conn->subflows[k]],
			      &tcp[k]);
	coverage_of(&w->ledger.data[TO_SERVER], w->ledger.shift[TO_SERVER], &c);
	holes = holes_judge(&w->trace, conn, tcp, &w->ledger, TO_SERVER, &c,
			    vantage);
	coverage_release(&c);
	for (size_t k = 0; k < SUBFLOWS; k++)
		tcp_summary_release(&tcp[k]);
	end(w);
	return holes;
}

/* The second hundred is missing. */
static void with_hole(struct writer *w)
{
	begin(w);
	send_data(w, 100, 0, 0);
	send_data(w, 110, 1, 2);
	acknowledge(w, 130, 0, 1);
	acknowledge(w, 140, 1, 1);
}

static void test_holes(void **state)
{
	struct writer w;

	(void)state;
	with_hole(&w);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_SENT);
	with_hole(&w);
	assert_int_equal(judge(&w, VANTAGE_SERVER), HOLES_NOT_CAPTURED);
	with_hole(&w);
	assert_int_equal(judge(&w, VANTAGE_MIDDLE), HOLES_NOT_CAPTURED);
	with_hole(&w);
	assert_int_equal(judge(&w, VANTAGE_UNKNOWN), HOLES_UNKNOWN);
}

static void test_incomplete(void **state)
{
	struct writer w;

	(void)state;
	with_hole(&w); /* a DATA_ACK covers it */
	acknowledge(&w, 150, 1, 3);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_CAPTURED);
	with_hole(&w); /* a subflow lacks bytes before others */
	w.next[0] += SEGMENT;
	send_data(&w, 150, 0, 4);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_CAPTURED);
	with_hole(&w); /* or behind them */
	w.next[0] += SEGMENT;
	acknowledge(&w, 150, 0, 1);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_CAPTURED);
	with_hole(&w); /* payload that may be it */
	craft_packet(&w.trace.packets, 150, 0, 0, TCP_ACK, w.next[0], 1,
		     SEGMENT, NULL, 0);
	w.next[0] += SEGMENT;
	send_data(&w, 160, 0, 3);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_CAPTURED);
	begin(&w); /* nor is the beginning there */
	send_data(&w, 100, 0, 1);
	acknowledge(&w, 130, 0, 0);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_SENT);
	begin(&w);
	send_data(&w, 100, 0, 1);
	acknowledge(&w, 130, 0, 2);
	assert_int_equal(judge(&w, VANTAGE_CLIENT), HOLES_NOT_CAPTURED);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(holes_name(HOLES_NOT_SENT), "not_sent");
	assert_string_equal(holes_name(HOLES_NOT_CAPTURED), "not_captured");
	assert_null(holes_name(HOLES_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds_to_the_end),
		cmocka_unit_test(test_fastclose),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
