/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_effect.c - options that their receiver has to ignore (model/effect.h).
 *
 * The HMACs come from Python's hmac module: RFC 8684 3.4.1, the last 8 octets
 * of HMAC-SHA256 over id, address and port (0 if there is none), by the keys of
 * sender and receiver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/effect.h"
#include "model/trace.h"

#define CLIENT_KEY 0x0123456789abcdefu
#define SERVER_KEY 0xfedcba9876543210u

/* The only MPTCP option of these octets. */
static struct mptcp_option option(const char *hex)
{
	uint8_t bytes[64];
	int n = num_hexbytes(hex, strlen(hex), bytes, sizeof(bytes));
	struct tcp_options o;

	assert_true(n > 0);
	tcpopt_parse(bytes, (size_t)n, &o);
	assert_int_equal(o.bad, 0);
	assert_int_equal(o.n_mptcp, 1);
	return o.mptcp[0];
}

static enum flaw alone(const char *hex, unsigned flags, int version)
{
	struct mptcp_option m = option(hex);

	return effect_option_flaw(&m, flags, version);
}

static struct connection connection(int version)
{
	struct connection c;

	memset(&c, 0, sizeof(c));
	c.version = version;
	c.side[0].has_key = c.side[1].has_key = 1;
	c.side[0].key = CLIENT_KEY;
	c.side[1].key = SERVER_KEY;
	return c;
}

static void capable(void **state)
{
	/* of a SYN, a SYN/ACK, an ACK, an ACK with data */
	static const char *const keys[] = {
		"",
		"0123456789abcdef",
		"0123456789abcdeffedcba9876543210",
		"0123456789abcdeffedcba98765432100064",
	};
	static const struct {
		unsigned flags;
		enum flaw flaw;
	} cases[] = {
		{ 0x01, FLAW_NONE },
		{ 0x81, FLAW_NONE },
		{ 0x21, FLAW_NONE },
		{ 0x03, FLAW_NONE },
		{ 0x41, FLAW_CAPABLE_B },
		{ 0xc1, FLAW_CAPABLE_B },
		{ 0x40, FLAW_CAPABLE_B },
		{ 0x00, FLAW_CAPABLE_NO_HMAC },
		{ 0x80, FLAW_CAPABLE_NO_HMAC },
		{ 0x02, FLAW_CAPABLE_NO_HMAC },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
			char *hex = mem_printf("1e%02zx01%02x%s",
					       4 + strlen(keys[i]) / 2,
					       cases[k].flags, keys[i]);

			assert_int_equal(alone(hex, TCP_ACK, 1), cases[k].flaw);
			free(hex);
		}
}

/* SYN, SYN/ACK, ACK of a handshake; NULL: a packet without the option. */
static void build_handshake(struct trace *t, const char *const hex[3])
{
	static const unsigned flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK,
					  TCP_ACK };

	memset(t, 0, sizeof(*t));
	packets_init(&t->packets);
	for (uint32_t i = 0; i < 4; i++) {
		struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
				   .frame = i + 1,
				   .time = i,
				   .src = { { 192, 0, 2, 1 }, 4 },
				   .dst = { { 192, 0, 2, 1 }, 4 },
				   .sport = i % 2 ? 80 : 4000,
				   .dport = i % 2 ? 4000 : 80,
				   .flags = (uint16_t)flags[i],
				   .seq = i > 1,
				   .ack = i > 0 };
		const char *option = i < 3 ? hex[i] : NULL;

		if (option)
			row.n_options = (uint8_t)num_hexbytes(
				option, strlen(option), row.options,
				ROW_OPTIONS_MAX);
		assert_int_equal(packets_append(&t->packets, &row, NULL), 0);
	}
	trace_build(t);
}

#define SYN(version, flags) "1e040" version flags
#define SYNACK(version, flags) "1e0c0" version flags "fedcba9876543210"
#define ACK(version, flags)                                                    \
	"1e140" version flags "0123456789abcdef"                               \
	"fedcba9876543210"

/* Whoever has to ignore an option answers without one. */
static void handshakes(void **state)
{
	static const struct {
		const char *hex[3];
		enum fallback_cause cause;
		enum flaw flaw[3];
	} cases[] = {
		{ { SYN("1", "41") },
		  FALLBACK_BAD_CAPABLE,
		  { FLAW_CAPABLE_B } },
		{ { SYN("1", "00") },
		  FALLBACK_BAD_CAPABLE,
		  { FLAW_CAPABLE_NO_HMAC } },
		{ { SYN("1", "01") }, FALLBACK_NO_OPTION_IN_SYNACK, { 0 } },
		{ { SYN("1", "01"), SYNACK("1", "41") },
		  FALLBACK_BAD_CAPABLE,
		  { 0, FLAW_CAPABLE_B } },
		{ { SYN("1", "01"), SYNACK("0", "01") },
		  FALLBACK_BAD_CAPABLE,
		  { 0, FLAW_CAPABLE_VERSION } },
		{ { SYN("0", "01"), SYNACK("1", "01") },
		  FALLBACK_BAD_CAPABLE,
		  { 0, FLAW_CAPABLE_VERSION } },
		{ { SYN("1", "01"), SYNACK("1", "01") },
		  FALLBACK_NO_OPTION_IN_ACK,
		  { 0 } },
		/* the server's packet behind it has none */
		{ { SYN("1", "01"), SYNACK("1", "01"), ACK("1", "41") },
		  FALLBACK_BAD_CAPABLE,
		  { 0, 0, FLAW_CAPABLE_B } },
		{ { SYN("1", "01"), SYNACK("1", "01"), ACK("1", "01") },
		  FALLBACK_NO_OPTION_IN_DATA,
		  { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trace t;

		build_handshake(&t, cases[i].hex);
		assert_int_equal(t.n_connections, 1);
		assert_int_equal(t.connections[0].state, CONN_FALLBACK);
		assert_int_equal(t.connections[0].cause, cases[i].cause);
		for (int k = 0; k < 3; k++)
			assert_int_equal(t.streams[0].capable_flaw[k],
					 cases[i].flaw[k]);
		trace_release(&t);
	}
}

static void data_fin(void **state)
{
	static const struct {
		const char *hex;
		enum flaw flaw;
	} cases[] = {
		/* flags F and M; only M; and a length of 0 */
		{ "1e0e2014000000010000000a0001", FLAW_NONE },
		{ "1e0e2014000000010000000a0065", FLAW_NONE },
		{ "1e0e2004000000010000000a0000", FLAW_NONE },
		{ "1e0e2014000000010000000a0000", FLAW_DATA_FIN_UNMAPPED },
		/* with a DATA_ACK before it; a DATA_ACK alone; nothing at all
		 */
		{ "1e1220150000000100000002000000000001", FLAW_NONE },
		{ "1e08201100000001", FLAW_DATA_FIN_UNMAPPED },
		{ "1e08200100000001", FLAW_NONE },
		{ "1e042010", FLAW_DATA_FIN_UNMAPPED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(alone(cases[i].hex, TCP_ACK, 1),
				 cases[i].flaw);
}

static void priority(void **state)
{
	(void)state;
	for (int version = -1; version < 2; version++) {
		assert_int_equal(alone("1e0351", TCP_ACK, version), FLAW_NONE);
		assert_int_equal(alone("1e045103", TCP_ACK, version),
				 version == 1 ? FLAW_PRIO_LENGTH : FLAW_NONE);
	}
}

static void reset_reason(void **state)
{
	(void)state;
	assert_int_equal(alone("1e048001", TCP_RST, 1), FLAW_NONE);
	assert_int_equal(alone("1e048001", TCP_RST | TCP_ACK, 1), FLAW_NONE);
	assert_int_equal(alone("1e048001", TCP_ACK, 1), FLAW_TCPRST_NO_RST);
	assert_int_equal(alone("1e048001", TCP_FIN | TCP_ACK, 1),
			 FLAW_TCPRST_NO_RST);
}

/* 10.0.2.1 or 2001:db8::1, with and without port 8080, by each side. */
static const char *const announced[4][2] = {
	{ "1e1030020a0002019e06410ef398f5b1",
	  "1e1030020a000201b57306bcb413e8c0" },
	{ "1e1230020a0002011f904f4cc84cd5b6e32d",
	  "1e1230020a0002011f907464b6c2561f4adc" },
	{ "1e1c300220010db80000000000000000000000011fb71a532d845e59",
	  "1e1c300220010db80000000000000000000000012f1fafc8283eaab5" },
	{ "1e1e300220010db80000000000000000000000011f90a239892bac5c4c0c",
	  "1e1e300220010db80000000000000000000000011f90523c79bbda551fdc" },
};

static void announced_addresses(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct mptcp_option good = option(announced[i / 2][i % 2]);
		struct connection c = connection(1);
		int from = i % 2;

		assert_int_equal(effect_flaw(&c, from, &good, TCP_ACK),
				 FLAW_NONE);
		assert_int_equal(effect_flaw(&c, !from, &good, TCP_ACK),
				 FLAW_ADD_ADDR_HMAC);
		for (int what = 0; what < 11; what++) {
			struct mptcp_option m = good;

			if (what < 8)
				m.hmac[what] ^= (uint8_t)(1u << what);
			m.id ^= what == 8;
			m.address.bytes[m.address.size - 1] ^= what == 9;
			m.has |= what == 10 ? MPTCP_HAS_PORT : 0;
			m.port ^= what == 10;
			assert_int_equal(effect_flaw(&c, from, &m, TCP_ACK),
					 FLAW_ADD_ADDR_HMAC);
		}
	}
}

/* What has no HMAC, and what cannot be computed, is not wrong. */
static void addresses_without_hmac(void **state)
{
	struct mptcp_option echo = option("1e0831020a000201");
	struct mptcp_option old = option("1e0834020a000201");
	struct mptcp_option wrong = option("1e1030020a0002010000000000000000");
	struct connection c = connection(1);

	(void)state;
	assert_int_equal(effect_flaw(&c, 1, &echo, TCP_ACK), FLAW_NONE);
	assert_int_equal(effect_flaw(&c, 1, &old, TCP_ACK), FLAW_ADD_ADDR_HMAC);
	for (int version = -1; version < 1; version++) {
		c = connection(version);
		assert_int_equal(effect_flaw(&c, 1, &old, TCP_ACK), FLAW_NONE);
		assert_int_equal(effect_flaw(&c, 1, &wrong, TCP_ACK),
				 FLAW_NONE);
	}
	for (int side = 0; side < 2; side++) {
		c = connection(1);
		assert_int_equal(effect_flaw(&c, 1, &wrong, TCP_ACK),
				 FLAW_ADD_ADDR_HMAC);
		c.side[side].has_key = 0;
		assert_int_equal(effect_flaw(&c, 1, &wrong, TCP_ACK),
				 FLAW_NONE);
	}
}

static void fastclose(void **state)
{
	struct mptcp_option m = option("1e0c7000fedcba9876543210");
	struct connection c = connection(1);

	(void)state;
	for (int version = -1; version < 2; version++) {
		c.version = version;
		assert_int_equal(effect_flaw(&c, 0, &m, TCP_RST), FLAW_NONE);
		assert_int_equal(effect_flaw(&c, 1, &m, TCP_RST),
				 FLAW_FASTCLOSE_KEY);
	}
	/* in an ACK it counts as well */
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_ACK), FLAW_NONE);
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_ACK), FLAW_FASTCLOSE_KEY);
	m.key ^= 1;
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_RST), FLAW_FASTCLOSE_KEY);
	m.key ^= 1 | (uint64_t)1 << 63;
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_RST), FLAW_FASTCLOSE_KEY);
	/* only the receiver's key matters */
	c.side[0].has_key = 0;
	assert_int_equal(effect_flaw(&c, 0, &m, TCP_RST), FLAW_FASTCLOSE_KEY);
	assert_int_equal(effect_flaw(&c, 1, &m, TCP_RST), FLAW_NONE);
}

/* A connection's keys do not heal what an option has by itself. */
static void flaws_of_options_in_a_connection(void **state)
{
	static const struct {
		const char *hex;
		enum flaw flaw;
	} cases[] = {
		{ "1e040141", FLAW_CAPABLE_B },
		{ "1e040100", FLAW_CAPABLE_NO_HMAC },
		{ "1e08201100000001", FLAW_DATA_FIN_UNMAPPED },
		{ "1e045103", FLAW_PRIO_LENGTH },
		{ "1e048001", FLAW_TCPRST_NO_RST },
		{ "1e0c1005aabbccdd01020304", FLAW_NONE },
		{ "1e044007", FLAW_NONE },
		{ "1e0c60000000000000000001", FLAW_NONE },
	};
	struct connection c = connection(1);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mptcp_option m = option(cases[i].hex);

		for (int from = 0; from < 2; from++)
			assert_int_equal(effect_flaw(&c, from, &m, TCP_ACK),
					 cases[i].flaw);
	}
}

static void window(void **state)
{
	(void)state;
	assert_true(effect_is_in_window(7, 7));
	assert_true(effect_is_in_window(8, 7));
	assert_false(effect_is_in_window(6, 7));
	assert_true(effect_is_in_window(3, 0xfffffff0u));
	assert_false(effect_is_in_window(0xfffffff0u, 3));
}

static void every_flaw_has_words_of_its_own(void **state)
{
	(void)state;
	for (int f = 0; f < FLAWS; f++) {
		assert_true(strlen(flaw_text((enum flaw)f)) > 5);
		for (int g = 0; g < f; g++)
			assert_string_not_equal(flaw_text((enum flaw)f),
						flaw_text((enum flaw)g));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capable),
		cmocka_unit_test(handshakes),
		cmocka_unit_test(data_fin),
		cmocka_unit_test(priority),
		cmocka_unit_test(reset_reason),
		cmocka_unit_test(announced_addresses),
		cmocka_unit_test(addresses_without_hmac),
		cmocka_unit_test(fastclose),
		cmocka_unit_test(flaws_of_options_in_a_connection),
		cmocka_unit_test(window),
		cmocka_unit_test(every_flaw_has_words_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
