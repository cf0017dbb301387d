/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Round trip times of handshakes and of data (model/rtt.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "craft.h"
#include "model/rtt.h"

enum {
	CLIENT = 0,
	SERVER = 1,
	NO_STAMP = 0,
	UNKNOWN = -1
};

/* The client's numbers begin at 1000, the server's at 5000. */
static const uint32_t isns[2] = { 1000, 5000 };

/* One packet: time in ms; sequence numbers relative; TSval 0: none. */
struct line {
	int64_t time;
	int side;
	unsigned flags;
	uint32_t seq, ack, len;
	uint32_t tsval, tsecr;
	int ip_id; /* 0: as those of no other packet */
};

static void put32(uint8_t *to, uint32_t value)
{
	for (int i = 3; i >= 0; i--) {
		to[i] = (uint8_t)value;
		value >>= 8;
	}
}

static void append(struct packets *packets, const struct line *l)
{
	static uint16_t id = 1000;
	static uint32_t frame;
	struct row row = {
		.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_IP_ID,
		.frame = ++frame,
		.time = l->time * 1000000,
		.sport = l->side ? 80 : 4000,
		.dport = l->side ? 4000 : 80,
		.flags = (uint16_t)l->flags,
		.seq = isns[l->side] + l->seq,
		.ack = l->flags & TCP_ACK ? isns[!l->side] + l->ack : 0,
		.len = l->len,
		.ip_id = l->ip_id ? (uint16_t)l->ip_id : id++,
	};

	craft_ends(&row, l->side);
	if (l->tsval) {
		row.n_options = 12;
		memcpy(row.options, (uint8_t[]){ 1, 1, 8, 10 }, 4);
		put32(row.options + 4, l->tsval);
		put32(row.options + 8, l->tsecr);
	}
	assert_int_equal(packets_append(packets, &row, NULL), 0);
}

static void build(struct trace *t, const struct line *lines, size_t n)
{
	memset(t, 0, sizeof(*t));
	packets_init(&t->packets);
	t->info.path = mem_strdup("rtt");
	for (size_t i = 0; i < n; i++)
		append(&t->packets, &lines[i]);
	trace_build(t);
	assert_int_equal(t->n_streams, 1);
}

#define N(a) (sizeof(a) / sizeof(*(a)))

/* ------------------------------------------------------------- handshakes */

static int64_t handshake(const struct rtt *rtt)
{
	return rtt->has_handshake ? rtt->handshake / 1000000 : UNKNOWN;
}

/* The handshakes in ms, UNKNOWN where there is no value. */
static void check(const struct line *lines, size_t n, int64_t to_server,
		  int64_t to_client)
{
	struct trace t;
	struct rtt rtt[2];

	build(&t, lines, n);
	rtt_measure(&t, &t.streams[0], rtt);
	assert_int_equal(handshake(&rtt[TO_SERVER]), to_server);
	assert_int_equal(handshake(&rtt[TO_CLIENT]), to_client);
	trace_release(&t);
}

#define SYN(time, val)                                                         \
	{                                                                      \
		time, CLIENT, TCP_SYN, 0, 0, 0, val, 0, 0                      \
	}
#define SYNACK(time, val, ecr)                                                 \
	{                                                                      \
		time, SERVER, TCP_SYN | TCP_ACK, 0, 1, 0, val, ecr, 0          \
	}
#define ACK(time, val, ecr)                                                    \
	{                                                                      \
		time, CLIENT, TCP_ACK, 1, 1, 0, val, ecr, 0                    \
	}

static void test_each_once(void **state)
{
	static const struct line with[] = { SYN(0, 10), SYNACK(40, 900, 10),
					    ACK(41, 11, 900) };
	static const struct line without[] = { SYN(0, NO_STAMP),
					       SYNACK(40, NO_STAMP, 0),
					       ACK(41, NO_STAMP, 0) };

	(void)state;
	check(with, N(with), 40, 1);
	check(without, N(without), 40, 1);
}

/* At the client the first SYN was lost, or its SYN/ACK. */
static void test_syn_twice(void **state)
{
	static const struct line last[] = { SYN(0, 10), SYN(1000, 1010),
					    SYNACK(1040, 900, 1010),
					    ACK(1041, 1051, 900) };
	static const struct line first[] = { SYN(0, 10), SYN(1000, 1010),
					     SYNACK(1040, 900, 10),
					     ACK(1041, 1051, 900) };
	static const struct line same[] = { SYN(0, 10), SYN(1000, 10),
					    SYNACK(1040, 900, 10),
					    ACK(1041, 1051, 900) };
	static const struct line none[] = { SYN(0, NO_STAMP),
					    SYN(1000, NO_STAMP),
					    SYNACK(1040, NO_STAMP, 0),
					    ACK(1041, NO_STAMP, 0) };
	static const struct line middle[] = { SYN(0, 10), SYN(1000, 1010),
					      SYN(3000, 3010),
					      SYNACK(3040, 900, 1010),
					      ACK(3041, 3051, 900) };
	static const struct line other[] = { SYN(0, 10), SYN(1000, 1010),
					     SYNACK(1040, 900, 77),
					     ACK(1041, 1051, 900) };

	(void)state;
	check(last, N(last), 40, 1);
	check(first, N(first), UNKNOWN, 1);
	check(same, N(same), UNKNOWN, 1);
	check(none, N(none), UNKNOWN, 1);
	check(middle, N(middle), UNKNOWN, 1);
	check(other, N(other), UNKNOWN, 1);
}

/* What comes behind the answer does not make it ambiguous. */
static void test_syn_after_answer(void **state)
{
	static const struct line lines[] = { SYN(0, 10), SYNACK(0, 900, 10),
					     SYN(1000, 1010),
					     SYNACK(1000, 1900, 10),
					     ACK(1040, 1050, 1900) };

	(void)state;
	check(lines, N(lines), 0, 40);
}

/* At the server: the SYN/ACK was lost, or the ACK for it. */
static void test_synack_twice(void **state)
{
	static const struct line last[] = { SYN(0, 10), SYNACK(0, 900, 10),
					    SYNACK(1000, 1900, 10),
					    ACK(1040, 1050, 1900) };
	static const struct line first[] = { SYN(0, 10), SYNACK(0, 900, 10),
					     SYNACK(1000, 1900, 10),
					     ACK(1040, 1050, 900) };
	static const struct line none[] = { SYN(0, NO_STAMP),
					    SYNACK(0, NO_STAMP, 0),
					    SYNACK(1000, NO_STAMP, 0),
					    ACK(1040, NO_STAMP, 0) };

	(void)state;
	check(last, N(last), 0, 40);
	check(first, N(first), 0, UNKNOWN);
	check(none, N(none), 0, UNKNOWN);
}

/* Two interfaces, or the network, made two of one; or they are two. */
static void test_copies(void **state)
{
	static const struct line copy[] = {
		{ 0, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 1, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 40, SERVER, TCP_SYN | TCP_ACK, 0, 1, 0, 900, 10, 8 },
		{ 41, SERVER, TCP_SYN | TCP_ACK, 0, 1, 0, 900, 10, 8 },
		ACK(42, 52, 900),
	};
	static const struct line unstamped[] = {
		{ 0, CLIENT, TCP_SYN, 0, 0, 0, NO_STAMP, 0, 7 },
		{ 1, CLIENT, TCP_SYN, 0, 0, 0, NO_STAMP, 0, 7 },
		SYNACK(40, NO_STAMP, 0),
		ACK(42, NO_STAMP, 0),
	};
	static const struct line other_id[] = {
		{ 0, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 1, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 9 },
		SYNACK(40, 900, 10),
		ACK(42, 52, 900),
	};
	static const struct line late[] = {
		{ 0, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 1000, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		SYNACK(1040, 900, 10),
		ACK(1042, 52, 900),
	};
	static const struct line repeated[] = {
		{ 0, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 1, CLIENT, TCP_SYN, 0, 0, 0, 10, 0, 7 },
		{ 1000, CLIENT, TCP_SYN, 0, 0, 0, 1010, 0, 9 },
		{ 1001, CLIENT, TCP_SYN, 0, 0, 0, 1010, 0, 9 },
		SYNACK(1040, 900, 1010),
		ACK(1042, 1052, 900),
	};

	(void)state;
	check(copy, N(copy), 40, 2);
	check(unstamped, N(unstamped), 40, 2);
	check(other_id, N(other_id), UNKNOWN, 2);
	check(late, N(late), UNKNOWN, 2);
	check(repeated, N(repeated), 40, 2);
}

/* An ACK of something else is no answer. */
static void test_ack_of_another(void **state)
{
	static const struct line lines[] = {
		SYN(0, 10),
		SYNACK(0, 900, 10),
		{ 5, CLIENT, TCP_ACK, 1, 0, 0, 15, 900, 0 },
		ACK(40, 50, 900),
	};

	(void)state;
	check(lines, N(lines), 0, 40);
}

/* ------------------------------------------------------------------ data */

#define DATA(time, seq, len, val)                                              \
	{                                                                      \
		time, CLIENT, TCP_ACK, seq, 1, len, val, 0, 0                  \
	}
#define DATA_ACK(time, ack, ecr)                                               \
	{                                                                      \
		time, SERVER, TCP_ACK, 1, ack, 0, ecr ? 900 : 0, ecr, 0        \
	}

/* The samples of what the client sent, in ms. */
static void check_data(const struct line *lines, size_t n,
		       const int64_t *samples, size_t n_samples)
{
	struct line all[32] = { SYN(0, NO_STAMP), SYNACK(0, NO_STAMP, 0) };
	struct trace t;
	struct rtt_series series[2];

	assert_true(n + 2 <= N(all));
	memcpy(all + 2, lines, n * sizeof(*lines));
	build(&t, all, n + 2);
	rtt_follow(&t, &t.streams[0], series);
	assert_int_equal(series[TO_SERVER].rtt.n, n_samples);
	for (size_t i = 0; i < n_samples; i++)
		assert_int_equal(series[TO_SERVER].rtt.values[i],
				 samples[i] * 1000000);
	rtt_series_release(&series[0]);
	rtt_series_release(&series[1]);
	trace_release(&t);
}

/* A packet of 60000 bytes, acknowledged in pieces: a sample for each. */
static void test_in_part(void **state)
{
	for (uint32_t val = 0; val <= 50; val += 50) {
		const struct line lines[] = {
			DATA(10, 1, 60000, val),
			DATA(12, 60001, 60000, val ? val + 2 : 0),
			DATA_ACK(30, 2801, val),
			DATA_ACK(31, 5601, val),
			DATA_ACK(50, 60001, val),
			DATA_ACK(52, 62801, val ? val + 2 : 0),
			DATA_ACK(70, 120001, val ? val + 2 : 0),
		};
		static const int64_t samples[] = { 20, 21, 40, 40, 58 };

		check_data(lines, N(lines), samples, N(samples));
	}
	(void)state;
}

/* One acknowledgment of a whole packet and a part: the newest byte. */
static void test_whole_and_part(void **state)
{
	static const struct line plain[] = { DATA(10, 1, 1000, 0),
					     DATA(15, 1001, 60000, 0),
					     DATA_ACK(30, 2401, 0) };
	/* The receiver echoes that of the first segment it answers. */
	static const struct line stamped[] = { DATA(10, 1, 1000, 50),
					       DATA(15, 1001, 60000, 55),
					       DATA_ACK(30, 2401, 50),
					       DATA_ACK(36, 61001, 55) };
	static const int64_t newest[] = { 15 }, echoed[] = { 20, 21 };

	(void)state;
	check_data(plain, N(plain), newest, N(newest));
	check_data(stamped, N(stamped), echoed, N(echoed));
}

/* Of a packet of which a piece was sent again no part counts. */
static void test_in_part_and_again(void **state)
{
	static const struct line before[] = {
		DATA(10, 1, 60000, 0),	   DATA_ACK(30, 2801, 0),
		DATA(300, 2801, 1400, 0),  DATA_ACK(330, 4201, 0),
		DATA_ACK(331, 10001, 0),   DATA_ACK(340, 60001, 0),
		DATA(400, 60001, 1000, 0), DATA_ACK(420, 61001, 0),
	};
	static const struct line stamped[] = {
		DATA(10, 1, 60000, 50),	    DATA_ACK(30, 2801, 50),
		DATA(300, 2801, 1400, 340), DATA_ACK(330, 4201, 340),
		DATA_ACK(331, 10001, 50),
	};
	/* The piece behind the part is known to be lost. */
	static const struct line behind[] = { DATA(10, 1, 60000, 0),
					      DATA(300, 30001, 1400, 0),
					      DATA_ACK(330, 10001, 0) };
	static const int64_t karn[] = { 20, 20 }, echo[] = { 20, 30 };

	(void)state;
	check_data(before, N(before), karn, N(karn));
	check_data(stamped, N(stamped), echo, N(echo));
	check_data(behind, N(behind), NULL, 0);
}

/* The same acknowledgment again, or an older one, says nothing. */
static void test_nothing_new(void **state)
{
	static const struct line lines[] = { DATA(10, 1, 60000, 0),
					     DATA_ACK(30, 2801, 0),
					     DATA_ACK(31, 2801, 0),
					     DATA_ACK(32, 1401, 0) };
	static const int64_t samples[] = { 20 };

	(void)state;
	check_data(lines, N(lines), samples, N(samples));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_syn_twice),
		cmocka_unit_test(test_syn_after_answer),
		cmocka_unit_test(test_synack_twice),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_ack_of_another),
		cmocka_unit_test(test_in_part),
		cmocka_unit_test(test_whole_and_part),
		cmocka_unit_test(test_in_part_and_again),
		cmocka_unit_test(test_nothing_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
