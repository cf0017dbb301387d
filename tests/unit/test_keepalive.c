/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probes of an idle connection, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "craft.h"
#include "model/account.h"
#include "model/keepalive.h"
#include "model/key.h"
#include "model/streams.h"

enum {
	CLIENT = 0,
	SERVER = 1,
	SERVER_ISN = 7,
	LEN = 100 /* of data */
};

/* Where the client's numbers begin: data behind it wraps, or a probe does. */
static const uint32_t isns[] = {
	100,	    UINT32_MAX - 50, UINT32_MAX - LEN, UINT32_MAX - LEN - 1,
	UINT32_MAX, INT32_MAX - LEN
};

enum {
	ISNS = sizeof(isns) / sizeof(*isns)
};

/* One stream; numbers of the client are relative, 1 is its first byte. */
struct writer {
	struct trace trace;
	uint32_t isn;
	uint32_t frame;
	uint64_t idsn;
};

static void send_packet(struct writer *w, int side, unsigned flags,
			uint32_t seq, uint32_t ack, uint32_t len,
			const uint8_t *options, size_t n)
{
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = ++w->frame,
			   .time = w->frame * 1000000,
			   .flags = (uint16_t)flags,
			   .seq = (side ? SERVER_ISN : w->isn) + seq,
			   .ack = (side ? w->isn : SERVER_ISN) + ack,
			   .len = len };

	craft_row(&w->trace.packets, &row, side, 4000, 80, options, n);
}

static void send_client(struct writer *w, unsigned flags, uint32_t seq,
			uint32_t len)
{
	send_packet(w, CLIENT, TCP_ACK | flags, seq, 1, len, NULL, 0);
}

static void acknowledge(struct writer *w, uint32_t ack)
{
	send_packet(w, SERVER, TCP_ACK, 1, ack, 0, NULL, 0);
}

static void handshake(struct writer *w, uint32_t isn)
{
	const struct craft_capable o = craft_capable();
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("keepalive");
	w->isn = isn;
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	send_packet(w, CLIENT, TCP_SYN, 0, 0, 0, o.syn, sizeof(o.syn));
	send_packet(w, SERVER, TCP_SYN | TCP_ACK, 0, 1, 0, o.synack,
		    sizeof(o.synack));
	send_packet(w, CLIENT, TCP_ACK, 1, 1, 0, o.ack, sizeof(o.ack));
}

/* Data of the client with its mapping, from its byte "seq" on. */
static void send_mapped(struct writer *w, uint32_t seq, uint16_t len)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + seq, 8);
	put(dss + 12, seq, 4);
	put(dss + 16, len, 2);
	send_packet(w, CLIENT, TCP_ACK, seq, 1, len, dss, sizeof(dss));
}

/* Mapped data, all of which was acknowledged. */
static void begin(struct writer *w, uint32_t isn)
{
	handshake(w, isn);
	send_mapped(w, 1, LEN);
	acknowledge(w, 1 + LEN);
}

/* Is the packet that came last a probe?  If so it has no data. */
static int last_is_probe(struct writer *w)
{
	const struct packets *p = &w->trace.packets;
	uint32_t len = p->len[p->n - 1];
	int probe = 0;

	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	probe = !!(p->mark[p->n - 1] & PACKET_KEEP_ALIVE);
	assert_int_equal(p->len[p->n - 1], probe ? 0 : len);
	for (size_t i = 0; i + 1 < p->n; i++)
		assert_false(p->mark[i] & PACKET_KEEP_ALIVE);
	trace_release(&w->trace);
	return probe;
}

/* The byte before the next one, which was acknowledged. */
static void a_byte_that_was_acknowledged(void **state)
{
	struct writer w;

	(void)state;
	for (size_t i = 0; i < ISNS; i++) {
		begin(&w, isns[i]);
		send_client(&w, 0, LEN, 1);
		assert_true(last_is_probe(&w));
		/* an acknowledgment of less comes late */
		begin(&w, isns[i]);
		acknowledge(&w, LEN - 1);
		send_client(&w, 0, LEN, 1);
		assert_true(last_is_probe(&w));
		/* not the one before, nor the next one, nor two */
		begin(&w, isns[i]);
		send_client(&w, 0, LEN - 1, 1);
		assert_false(last_is_probe(&w));
		begin(&w, isns[i]);
		send_client(&w, 0, LEN + 1, 1);
		assert_false(last_is_probe(&w));
		begin(&w, isns[i]);
		send_client(&w, 0, LEN - 1, 2);
		assert_false(last_is_probe(&w));
	}
}

/* What was not acknowledged before is sent again. */
static void a_byte_that_was_not(void **state)
{
	struct writer w;

	(void)state;
	for (size_t i = 0; i < ISNS; i++) {
		handshake(&w, isns[i]);
		send_mapped(&w, 1, LEN);
		acknowledge(&w, LEN);
		send_client(&w, 0, LEN, 1);
		assert_false(last_is_probe(&w));
		/* one byte alone, and again */
		begin(&w, isns[i]);
		send_mapped(&w, LEN + 1, 1);
		send_client(&w, 0, LEN + 1, 1);
		assert_false(last_is_probe(&w));
		begin(&w, isns[i]);
		send_mapped(&w, LEN + 1, 1);
		acknowledge(&w, LEN + 2);
		send_client(&w, 0, LEN + 1, 1);
		assert_true(last_is_probe(&w));
	}
	/* the acknowledgment comes too late */
	handshake(&w, isns[0]);
	send_mapped(&w, 1, LEN);
	send_client(&w, 0, LEN, 1);
	acknowledge(&w, 1 + LEN);
	trace_build(&w.trace);
	assert_int_equal(w.trace.streams[0].side[CLIENT].sent, LEN + 1);
	trace_release(&w.trace);
}

/* A mapping makes it data, and so do the flags of a segment with data. */
static void what_shows_that_it_is_data(void **state)
{
	static const unsigned flags[] = { TCP_PSH, TCP_FIN, TCP_RST, TCP_SYN };
	uint8_t data_ack[8] = { 30, 8, 0x20, 0x01, 0, 0, 0, 1 };
	struct writer w;

	(void)state;
	begin(&w, isns[0]);
	send_mapped(&w, LEN, 1);
	assert_false(last_is_probe(&w));
	begin(&w, isns[0]);
	send_packet(&w, CLIENT, TCP_ACK, LEN, 1, 1, data_ack, sizeof(data_ack));
	assert_true(last_is_probe(&w));
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		begin(&w, isns[0]);
		send_client(&w, flags[i], LEN, 1);
		assert_false(last_is_probe(&w));
	}
}

/* Without any data it has the number of the SYN. */
static void after_a_syn_only(void **state)
{
	struct writer w;

	(void)state;
	for (size_t i = 0; i < ISNS; i++) {
		handshake(&w, isns[i]);
		send_client(&w, 0, 0, 1);
		assert_true(last_is_probe(&w));
		handshake(&w, isns[i]);
		send_client(&w, 0, 1, 1); /* the first byte of data */
		assert_false(last_is_probe(&w));
	}
	/* by the server, whose SYN/ACK was acknowledged */
	handshake(&w, isns[0]);
	send_packet(&w, SERVER, TCP_ACK, 0, 1, 1, NULL, 0);
	assert_true(last_is_probe(&w));
}

/* What was sent before the capture began cannot be told from a probe. */
static void nothing_before_it(void **state)
{
	struct writer w;

	(void)state;
	memset(&w, 0, sizeof(w));
	packets_init(&w.trace.packets);
	w.trace.info.path = mem_strdup("keepalive");
	acknowledge(&w, 2);
	send_mapped(&w, 1, 1);
	send_client(&w, 0, 1, 1);
	assert_true(last_is_probe(&w));
	memset(&w, 0, sizeof(w));
	packets_init(&w.trace.packets);
	w.trace.info.path = mem_strdup("keepalive");
	acknowledge(&w, 2);
	send_client(&w, 0, 1, 1);
	trace_build(&w.trace);
	assert_int_equal(w.trace.packets.len[1], 1);
	trace_release(&w.trace);
}

/* No byte of a probe is counted, whether it is the first or comes again. */
static void probes_are_no_data(void **state)
{
	const struct stream_side *side = NULL;
	const struct byte_counts *bytes = NULL;
	struct ledger ledger;
	struct writer w;

	(void)state;
	for (size_t i = 0; i < ISNS; i++) {
		begin(&w, isns[i]);
		send_client(&w, 0, LEN, 1);
		acknowledge(&w, 1 + LEN);
		send_client(&w, 0, LEN, 1);
		send_mapped(&w, 1 + LEN, LEN);
		acknowledge(&w, 1 + 2 * LEN);
		send_client(&w, 0, 2 * LEN, 1);
		trace_build(&w.trace);
		side = &w.trace.streams[0].side[CLIENT];
		assert_int_equal(side->sent, 2 * LEN);
		assert_int_equal(side->unique, 2 * LEN);
		assert_int_equal(side->data_packets, 2);
		ledger_init(&ledger);
		account_connection(&w.trace, w.trace.connections, &ledger);
		bytes = &w.trace.connections[0].bytes[TO_SERVER];
		assert_int_equal(bytes->sent, 2 * LEN);
		assert_int_equal(bytes->packets, 2);
		assert_int_equal(bytes->of[BYTES_UNIQUE], 2 * LEN);
		assert_int_equal(ledger.n_pieces, 2);
		ledger_release(&ledger);
		trace_release(&w.trace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_byte_that_was_acknowledged),
		cmocka_unit_test(a_byte_that_was_not),
		cmocka_unit_test(what_shows_that_it_is_data),
		cmocka_unit_test(after_a_syn_only),
		cmocka_unit_test(nothing_before_it),
		cmocka_unit_test(probes_are_no_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
