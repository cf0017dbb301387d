/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stalls and handovers: what is one, what is none (timeline.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "events/timeline.h"
#include "model/account.h"
#include "model/key.h"

enum {
	SUBFLOWS = 2,
	CLIENT_KEY = 4711,
	SERVER_KEY = 815,
	SEGMENT = 100, /* bytes */
	RTT = 20,      /* ms */
	STEP = 50      /* ms between segments of a subflow */
};

/* Writes a connection with two subflows; the client sends data. */
struct writer {
	struct trace trace;
	struct ledger ledger;
	struct timeline line;
	uint32_t frame;
	uint64_t idsn;		 /* of the client */
	uint32_t next[SUBFLOWS]; /* subflow byte, 1 = first */
	int64_t x;		 /* data byte */
};

static void put(uint8_t *to, uint64_t value, size_t n)
{
	while (n-- > 0) {
		to[n] = (uint8_t)value;
		value >>= 8;
	}
}

static void send_packet(struct writer *w, int64_t ms, uint32_t k, int reverse,
			uint16_t flags, uint32_t seq, uint32_t ack,
			uint32_t len, const uint8_t *options, size_t n)
{
	struct error err = ERROR_INIT;
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = ++w->frame,
			   .time = ms * 1000000,
			   .sport = reverse ? 80 : (uint16_t)(4000 + k),
			   .dport = reverse ? (uint16_t)(4000 + k) : 80,
			   .stream = k,
			   .flags = flags,
			   .seq = seq,
			   .ack = ack,
			   .len = len,
			   .n_options = (uint8_t)n };

	snprintf(row.src, sizeof(row.src), "192.0.2.%d", reverse ? 9 : 1);
	snprintf(row.dst, sizeof(row.dst), "192.0.2.%d", reverse ? 1 : 9);
	if (n)
		memcpy(row.options, options, n);
	assert_int_equal(packets_append(&w->trace.packets, &row, &err), 0);
}

static void open_initial(struct writer *w)
{
	uint8_t syn[4] = { 30, 4, 0x01, 1 }, synack[12] = { 30, 12, 0x01, 1 },
		ack[20] = { 30, 20, 0x01, 1 };

	put(synack + 4, SERVER_KEY, 8);
	put(ack + 4, CLIENT_KEY, 8);
	put(ack + 12, SERVER_KEY, 8);
	send_packet(w, 0, 0, 0, TCP_SYN, 0, 0, 0, syn, sizeof(syn));
	send_packet(w, RTT, 0, 1, TCP_SYN | TCP_ACK, 0, 1, 0, synack,
		    sizeof(synack));
	send_packet(w, RTT, 0, 0, TCP_ACK, 1, 1, 0, ack, sizeof(ack));
}

static void open_join(struct writer *w)
{
	uint8_t syn[12] = { 30, 12, 0x10, 1 }, synack[16] = { 30, 16, 0x10, 9 },
		ack[24] = { 30, 24, 0x10 };
	uint8_t hmac[20];
	uint32_t token = 0;
	uint64_t idsn = 0;

	key_derive(1, SERVER_KEY, &token, &idsn);
	put(syn + 4, token, 4);
	key_join_hmac(1, SERVER_KEY, CLIENT_KEY, 0, 0, hmac);
	memcpy(synack + 4, hmac, 8);
	key_join_hmac(1, CLIENT_KEY, SERVER_KEY, 0, 0, hmac);
	memcpy(ack + 4, hmac, 20);
	send_packet(w, RTT, 1, 0, TCP_SYN, 0, 0, 0, syn, sizeof(syn));
	send_packet(w, 2 * RTT, 1, 1, TCP_SYN | TCP_ACK, 0, 1, 0, synack,
		    sizeof(synack));
	send_packet(w, 2 * RTT, 1, 0, TCP_ACK, 1, 1, 0, ack, sizeof(ack));
}

static void begin(struct writer *w)
{
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	w->next[0] = w->next[1] = 1;
	w->x = 1;
	open_initial(w);
	open_join(w);
}

static void send_mapped(struct writer *w, int64_t ms, uint32_t k, int64_t x)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + (uint64_t)x, 8);
	put(dss + 12, w->next[k], 4);
	put(dss + 16, SEGMENT, 2);
	send_packet(w, ms, k, 0, TCP_ACK, w->next[k], 1, SEGMENT, dss,
		    sizeof(dss));
	w->next[k] += SEGMENT;
}

/* The next SEGMENT of new data. */
static void send_new(struct writer *w, int64_t ms, uint32_t k)
{
	send_mapped(w, ms, k, w->x);
	w->x += SEGMENT;
}

/* All that the subflow carried so far. */
static void acknowledge(struct writer *w, int64_t ms, uint32_t k)
{
	uint8_t dss[8] = { 30, 8, 0x20, 0x01 };

	put(dss + 4, w->idsn + (uint64_t)w->x, 4);
	send_packet(w, ms, k, 1, TCP_ACK, 1, w->next[k], 0, dss, sizeof(dss));
}

static void send_priority(struct writer *w, int64_t ms, uint32_t k, int backup)
{
	uint8_t prio[3] = { 30, 3, (uint8_t)(0x50 | backup) };

	send_packet(w, ms, k, 0, TCP_ACK, w->next[k], 1, 0, prio, sizeof(prio));
}

static void send_close(struct writer *w, int64_t ms, uint32_t k, uint16_t flag)
{
	send_packet(w, ms, k, 0, flag | TCP_ACK, w->next[k], 1, 0, NULL, 0);
}

/* A segment on "a" each STEP, and on the other, if both, a little later. */
static void traffic(struct writer *w, int64_t from, int64_t to, uint32_t a,
		    int both)
{
	for (int64_t ms = from; ms < to; ms += STEP) {
		send_new(w, ms, a);
		if (both)
			send_new(w, ms + 1, !a);
		acknowledge(w, ms + RTT, a);
		if (both)
			acknowledge(w, ms + RTT + 1, !a);
	}
}

/* How many events of a kind there are; *first: the first. */
static size_t count(const struct writer *w, enum event_kind kind,
		    const struct event **first)
{
	size_t n = 0;

	for (size_t i = 0; i < w->line.n; i++) {
		if (w->line.events[i].kind != kind)
			continue;
		if (first && !n)
			*first = &w->line.events[i];
		n++;
	}
	return n;
}

static void read_all(struct writer *w)
{
	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, SUBFLOWS);
	assert_int_equal(w->trace.connections[0].state, CONN_ESTABLISHED);
	ledger_init(&w->ledger);
	account_connection(&w->trace, w->trace.connections, &w->ledger);
	timeline_make(&w->line, &w->trace, w->trace.connections, &w->ledger);
	for (size_t i = 1; i < w->line.n; i++)
		assert_true(w->line.events[i - 1].time <=
			    w->line.events[i].time);
	assert_int_equal(count(w, EVENT_CONNECTION_ESTABLISHED, NULL), 1);
	assert_int_equal(count(w, EVENT_JOIN_ESTABLISHED, NULL), 1);
}

static void end(struct writer *w)
{
	timeline_release(&w->line);
	ledger_release(&w->ledger);
	trace_release(&w->trace);
}

static void no_handover(struct writer *w, size_t stalls)
{
	read_all(w);
	assert_int_equal(count(w, EVENT_HANDOVER, NULL), 0);
	assert_int_equal(count(w, EVENT_STALLED, NULL), stalls);
	end(w);
}

/* One, from subflow 1 to 0, at that time. */
static const struct event *one_handover(struct writer *w, int64_t ms)
{
	const struct event *e = NULL;

	read_all(w);
	assert_int_equal(count(w, EVENT_HANDOVER, &e), 1);
	assert_int_equal(e->from, 0);
	assert_int_equal(e->other, 1);
	assert_int_equal(e->subflow, 0);
	assert_int_equal(e->time, ms * 1000000);
	return e;
}

static void test_striping(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 6000, 0, 1);
	no_handover(&w, 0);
}

/* One ends before the other, but not by long; then both are closed. */
static void test_end_of_transfer(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 3000, 0, 1);
	traffic(&w, 3000, 4900, 0, 0);
	send_close(&w, 5000, 0, TCP_FIN);
	send_close(&w, 5000, 1, TCP_FIN);
	no_handover(&w, 0);
}

static void test_idle(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 1000, 0, 1);
	traffic(&w, 20000, 21000, 1, 1);
	traffic(&w, 40000, 41000, 0, 1);
	no_handover(&w, 0);
}

/* A subflow that carries one segment of 20 is not what is left. */
static void test_minor_subflow(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	for (int64_t ms = 100; ms < 3000; ms += 1000) {
		traffic(&w, ms, ms + 990, 0, 0);
		send_new(&w, ms + 995, 1);
		acknowledge(&w, ms + 996, 1);
	}
	traffic(&w, 3100, 9000, 0, 0);
	no_handover(&w, 0);
}

static void test_stall(void **state)
{
	const struct event *e = NULL;
	struct writer w;
	int64_t lost = 0;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 0, 1); /* the last ACK of 1 is at 1971 */
	lost = w.x;
	send_new(&w, 2000, 1);
	send_new(&w, 2010, 1);
	traffic(&w, 2020, 2500, 0, 0);
	send_mapped(&w, 2500, 0, lost);
	acknowledge(&w, 2520, 0);
	send_mapped(&w, 2530, 0, lost + SEGMENT);
	acknowledge(&w, 2550, 0);
	traffic(&w, 2600, 4000, 0, 0);
	e = one_handover(&w, 2500);
	assert_int_equal(e->gap, (2500 - 1971) * (int64_t)1000000);
	assert_int_equal(e->bytes, 2 * SEGMENT);
	assert_int_equal(e->dsn, lost);
	assert_true(e->has & EVENT_HAS_ACKED);
	assert_int_equal(e->acked, lost);
	assert_int_equal(count(&w, EVENT_STALLED, &e), 1);
	assert_int_equal(e->subflow, 1);
	assert_int_equal(e->time, 2000 * (int64_t)1000000);
	assert_int_equal(e->bytes, 2 * SEGMENT);
	assert_int_equal(count(&w, EVENT_RECOVERED, NULL), 0);
	end(&w);
}

/* A stall that ends is no handover where there is nothing else to go to. */
static void test_recovered(void **state)
{
	const struct event *e = NULL;
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 1000, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2500, 0);
	traffic(&w, 2600, 3000, 0, 0);
	read_all(&w);
	assert_int_equal(count(&w, EVENT_HANDOVER, NULL), 0);
	assert_int_equal(count(&w, EVENT_STALLED, &e), 1);
	assert_int_equal(e->gap, 1500 * (int64_t)1000000);
	assert_int_equal(count(&w, EVENT_RECOVERED, &e), 1);
	assert_int_equal(e->gap, 1500 * (int64_t)1000000);
	assert_int_equal(e->time, 2500 * (int64_t)1000000);
	end(&w);
}

/* Exactly a second is not too long. */
static void test_patience(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 900, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2000, 0);
	no_handover(&w, 0);
	begin(&w);
	traffic(&w, 100, 900, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2001, 0);
	no_handover(&w, 1);
}

static void test_backup(void **state)
{
	const struct event *e = NULL;
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	send_priority(&w, 2000, 1, 1);
	traffic(&w, 2010, 2300, 0, 0);
	e = one_handover(&w, 2010);
	assert_int_equal(e->bytes, 0);
	assert_int_equal(e->gap, (2010 - 1970) * (int64_t)1000000);
	end(&w);
	/* regular again: that is no reason to leave it */
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	send_priority(&w, 2000, 1, 0);
	traffic(&w, 2010, 2300, 0, 0);
	no_handover(&w, 0);
}

static void test_closed(void **state)
{
	static const uint16_t flags[] = { TCP_FIN, TCP_RST };
	struct writer w;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&w);
		traffic(&w, 100, 2000, 1, 1);
		send_close(&w, 2005, 1, flags[i]);
		traffic(&w, 2010, 2300, 0, 0);
		one_handover(&w, 2010);
		end(&w);
	}
}

/* For whatever reason, but for long: twice the patience, eight packets. */
static void test_silent(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	traffic(&w, 2010, 4100, 0, 0);
	one_handover(&w, 1951); /* what 0 sends next */
	end(&w);
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	traffic(&w, 2010, 3900, 0, 0);
	no_handover(&w, 0);
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	for (int64_t ms = 2010; ms < 8000; ms += 1000) {
		send_new(&w, ms, 0);
		acknowledge(&w, ms + RTT, 0);
	}
	no_handover(&w, 0);
}

/* It comes back: the pause is what counts. */
static void test_back(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	traffic(&w, 2010, 5000, 0, 0);
	traffic(&w, 5000, 7000, 1, 1);
	one_handover(&w, 1951); /* what 0 sends next */
	end(&w);
}

/* What is said again is one event; what is said anew, another. */
static void test_said_again(void **state)
{
	struct writer w;
	const struct event *e = NULL;
	uint8_t fail[12] = { 30, 12, 0x60 };

	(void)state;
	begin(&w);
	send_new(&w, 30, 0);
	acknowledge(&w, 50, 0);
	put(fail + 4, w.idsn + 1, 8);
	for (int i = 0; i < 3; i++) {
		send_priority(&w, 60 + i, 1, 1);
		send_packet(&w, 70 + i, 1, 1, TCP_ACK, 1, w.next[1], 0, fail,
			    sizeof(fail));
	}
	send_priority(&w, 80, 1, 0);
	put(fail + 4, w.idsn + 1 + SEGMENT, 8);
	send_packet(&w, 90, 1, 1, TCP_ACK, 1, w.next[1], 0, fail, sizeof(fail));
	trace_build(&w.trace);
	ledger_init(&w.ledger);
	account_connection(&w.trace, w.trace.connections, &w.ledger);
	timeline_make(&w.line, &w.trace, w.trace.connections, &w.ledger);
	assert_int_equal(count(&w, EVENT_PRIORITY, &e), 2);
	assert_int_equal(e->count, 3);
	assert_true(e->backup);
	assert_int_equal(count(&w, EVENT_MP_FAIL, &e), 2);
	assert_int_equal(e->count, 3);
	assert_int_equal(e->dsn, 1);
	end(&w);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned k = 0; k < EVENT_KINDS; k++) {
		const char *name = event_name((enum event_kind)k);

		assert_non_null(name);
		assert_int_equal(event_find(name, strlen(name)), k);
		assert_int_equal(event_find(name, strlen(name) - 1),
				 EVENT_KINDS);
	}
	assert_string_equal(reset_reason_name(3), "prohibited");
	assert_null(reset_reason_name(7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_striping),
		cmocka_unit_test(test_end_of_transfer),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_minor_subflow),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_recovered),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_said_again),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
