/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tcpopt.c - TCP options from their bytes (model/tcpopt.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "model/tcpopt.h"

static struct tcp_options parsed;

/* From memory that ends where the options end. */
static void parse_bytes(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	if (n)
		memcpy(copy, bytes, n);
	memset(&parsed, 0xa5, sizeof(parsed));
	tcpopt_parse(copy, n, &parsed);
	free(copy);
}

static void parse(const char *hex)
{
	uint8_t bytes[64];
	int n = num_hexbytes(hex, strlen(hex), bytes, sizeof(bytes));

	assert_true(n >= 0);
	parse_bytes(bytes, (size_t)n);
}

/* Exactly one good option. */
static const struct mptcp_option *one(const char *hex,
				      enum mptcp_subtype subtype)
{
	const struct mptcp_option *m = NULL;

	parse(hex);
	assert_int_equal(parsed.bad, 0);
	assert_int_equal(parsed.n_mptcp, 1);
	m = tcpopt_find(&parsed, subtype);
	assert_ptr_equal(m, &parsed.mptcp[0]);
	assert_int_equal(m->subtype, subtype);
	assert_int_equal(m->length, strlen(hex) / 2);
	return m;
}

static void bad(const char *hex)
{
	parse(hex);
	assert_int_equal(parsed.bad, 1);
	assert_int_equal(parsed.n_mptcp, 0);
}

#define KEY_A "1122334455667788"
#define KEY_B "99aabbccddeeff00"

static void test_capable(void **state)
{
	const struct mptcp_option *m = NULL;

	(void)state;
	m = one("1e040181", MP_CAPABLE); /* v1 SYN */
	assert_int_equal(m->has, 0);
	assert_int_equal(m->version, 1);
	assert_int_equal(m->flags, 0x81);
	m = one("1e0c0081" KEY_A, MP_CAPABLE); /* v0 SYN */
	assert_int_equal(m->has, MPTCP_HAS_KEY);
	assert_int_equal(m->version, 0);
	assert_true(m->key == 0x1122334455667788);
	m = one("1e140101" KEY_A KEY_B, MP_CAPABLE); /* third ACK */
	assert_int_equal(m->has, MPTCP_HAS_KEY | MPTCP_HAS_PEER_KEY);
	assert_true(m->key == 0x1122334455667788);
	assert_true(m->peer_key == 0x99aabbccddeeff00);
	m = one("1e160101" KEY_A KEY_B "0514", MP_CAPABLE); /* with data */
	assert_int_equal(m->has,
			 MPTCP_HAS_KEY | MPTCP_HAS_PEER_KEY | MPTCP_HAS_DLL);
	assert_int_equal(m->dll, 0x514);
	m = one("1e180181" KEY_A KEY_B "0514beef", MP_CAPABLE);
	assert_int_equal(m->has, MPTCP_HAS_KEY | MPTCP_HAS_PEER_KEY |
					 MPTCP_HAS_DLL | MPTCP_HAS_CHECKSUM);
	assert_int_equal(m->dll, 0x514);
	assert_int_equal(m->checksum, 0xbeef);
	bad("1e0301");
	bad("1e050181ff");
	bad("1e0b0081112233445566aa");
	bad("1e150101" KEY_A KEY_B "05");
	bad("1e170101" KEY_A KEY_B "0514be");
	bad("1e190101" KEY_A KEY_B "0514beef00");
}

static void test_join(void **state)
{
	static const uint8_t hmac[20] = { 1,  2,  3,  4,  5,  6,  7,
					  8,  9,  10, 11, 12, 13, 14,
					  15, 16, 17, 18, 19, 20 };
	const struct mptcp_option *m = NULL;

	(void)state;
	m = one("1e0c1105aabbccdd01020304", MP_JOIN); /* SYN, backup */
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_HAS_TOKEN |
					 MPTCP_HAS_NONCE | MPTCP_BACKUP);
	assert_int_equal(m->id, 5);
	assert_true(m->token == 0xaabbccdd);
	assert_true(m->nonce == 0x01020304);
	m = one("1e10100701020304050607080a0b0c0d", MP_JOIN); /* SYN/ACK */
	assert_int_equal(m->has,
			 MPTCP_HAS_ID | MPTCP_HAS_HMAC | MPTCP_HAS_NONCE);
	assert_int_equal(m->id, 7);
	assert_int_equal(m->n_hmac, 8);
	assert_memory_equal(m->hmac, hmac, 8);
	assert_true(m->nonce == 0x0a0b0c0d);
	m = one("1e1810000102030405060708090a0b0c0d0e0f1011121314", MP_JOIN);
	assert_int_equal(m->has, MPTCP_HAS_HMAC);
	assert_int_equal(m->n_hmac, 20);
	assert_memory_equal(m->hmac, hmac, 20);
	bad("1e0310");
	bad("1e041000");
	bad("1e0d1105aabbccdd0102030400");
	bad("1e0b1105aabbccdd010203");
	bad("1e1710000102030405060708090a0b0c0d0e0f10111213");
}

static void test_dss(void **state)
{
	const struct mptcp_option *m = NULL;

	(void)state;
	m = one("1e082001aabbccdd", MP_DSS);
	assert_int_equal(m->has, MPTCP_HAS_DACK);
	assert_true(m->dack == 0xaabbccdd);
	m = one("1e0c2003" KEY_A, MP_DSS);
	assert_int_equal(m->has, MPTCP_HAS_DACK | MPTCP_DACK64);
	assert_true(m->dack == 0x1122334455667788);
	m = one("1e0e2004aabbccdd000000010514", MP_DSS);
	assert_int_equal(m->has, MPTCP_HAS_DSN | MPTCP_HAS_DLL);
	assert_true(m->dsn == 0xaabbccdd);
	assert_int_equal(m->ssn, 1);
	assert_int_equal(m->dll, 0x514);
	m = one("1e1a201f" KEY_A KEY_B "000000000001", MP_DSS); /* DATA_FIN */
	assert_int_equal(m->has, MPTCP_HAS_DACK | MPTCP_DACK64 | MPTCP_HAS_DSN |
					 MPTCP_DSN64 | MPTCP_HAS_DLL |
					 MPTCP_DATA_FIN);
	assert_true(m->dack == 0x1122334455667788);
	assert_true(m->dsn == 0x99aabbccddeeff00);
	assert_int_equal(m->ssn, 0);
	assert_int_equal(m->dll, 1);
}

static void test_dss_widths(void **state)
{
	/* Each combination of the flags, with and without a checksum. */
	static const uint8_t body[] = { 0x11, 0x22, 0x33, 0x44,
					0x55, 0x66, 0x77, 0x88 };

	(void)state;
	for (unsigned flags = 0; flags < 32; flags++) {
		size_t ack = flags & 1 ? (flags & 2 ? 8 : 4) : 0;
		size_t dsn = flags & 4 ? (flags & 8 ? 8 : 4) : 0;
		size_t want = 4 + ack + (dsn ? dsn + 6 : 0);

		for (size_t n = 4; n <= 40; n++) {
			int checksum = dsn && n == want + 2;
			uint8_t o[40] = { 30, (uint8_t)n, 0x20,
					  (uint8_t)flags };
			size_t at = 4;

			if (n >= want) {
				memcpy(o + at, body, ack);
				at += ack;
				memcpy(o + at, body, dsn);
				at += dsn;
				if (dsn) {
					memcpy(o + at,
					       "\x01\x02\x03\x04\x05\x06", 6);
					at += 6;
				}
			}
			if (checksum)
				memcpy(o + at, "\xbe\xef", 2);
			parse_bytes(o, n);
			if (n != want && !checksum) {
				assert_int_equal(parsed.bad, 1);
				assert_int_equal(parsed.n_mptcp, 0);
				continue;
			}
			const struct mptcp_option *m = &parsed.mptcp[0];

			assert_int_equal(parsed.bad, 0);
			assert_int_equal(parsed.n_mptcp, 1);
			assert_int_equal(!!(m->has & MPTCP_HAS_DACK), !!ack);
			assert_int_equal(!!(m->has & MPTCP_DACK64), ack == 8);
			assert_int_equal(!!(m->has & MPTCP_HAS_DSN), !!dsn);
			assert_int_equal(!!(m->has & MPTCP_HAS_DLL), !!dsn);
			assert_int_equal(!!(m->has & MPTCP_DSN64), dsn == 8);
			assert_int_equal(!!(m->has & MPTCP_DATA_FIN),
					 !!(flags & 16));
			assert_int_equal(!!(m->has & MPTCP_HAS_CHECKSUM),
					 checksum);
			if (ack)
				assert_true(m->dack ==
					    (ack == 8 ? 0x1122334455667788
						      : 0x11223344));
			if (dsn) {
				assert_true(m->dsn ==
					    (dsn == 8 ? 0x1122334455667788
						      : 0x11223344));
				assert_true(m->ssn == 0x01020304);
				assert_int_equal(m->dll, 0x0506);
			}
			if (checksum)
				assert_int_equal(m->checksum, 0xbeef);
		}
	}
	bad("1e0320");
}

static void test_add_addr(void **state)
{
	static const uint8_t v4[] = { 192, 0, 2, 1 };
	static const uint8_t v6[] = { 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0,
				      0,    0, 0,    0,	   0, 0, 0, 1 };
	static const uint8_t hmac[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct mptcp_option *m = NULL;

	(void)state;
	m = one("1e083403c0000201", MP_ADD_ADDR); /* v0 */
	assert_int_equal(m->has, MPTCP_HAS_ID);
	assert_int_equal(m->id, 3);
	assert_int_equal(m->address.size, 4);
	assert_memory_equal(m->address.bytes, v4, 4);
	m = one("1e0a3403c00002011388", MP_ADD_ADDR);
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_HAS_PORT);
	assert_int_equal(m->port, 5000);
	m = one("1e14360320010db8000000000000000000000001", MP_ADD_ADDR);
	assert_int_equal(m->address.size, 16);
	assert_memory_equal(m->address.bytes, v6, 16);
	assert_int_equal(m->has, MPTCP_HAS_ID);
	m = one("1e16360320010db80000000000000000000000011388", MP_ADD_ADDR);
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_HAS_PORT);
	assert_int_equal(m->port, 5000);

	m = one("1e103003c00002010102030405060708", MP_ADD_ADDR); /* v1 */
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_HAS_HMAC);
	assert_int_equal(m->address.size, 4);
	assert_memory_equal(m->address.bytes, v4, 4);
	assert_int_equal(m->n_hmac, 8);
	assert_memory_equal(m->hmac, hmac, 8);
	m = one("1e123003c000020113880102030405060708", MP_ADD_ADDR);
	assert_int_equal(m->has,
			 MPTCP_HAS_ID | MPTCP_HAS_HMAC | MPTCP_HAS_PORT);
	assert_int_equal(m->port, 5000);
	assert_memory_equal(m->hmac, hmac, 8);
	m = one("1e1c300320010db80000000000000000000000010102030405060708",
		MP_ADD_ADDR);
	assert_int_equal(m->address.size, 16);
	assert_memory_equal(m->address.bytes, v6, 16);
	assert_memory_equal(m->hmac, hmac, 8);
	m = one("1e1e300320010db800000000000000000000000113880102030405060708",
		MP_ADD_ADDR);
	assert_int_equal(m->port, 5000);
	assert_memory_equal(m->hmac, hmac, 8);
	m = one("1e083103c0000201", MP_ADD_ADDR); /* echo */
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_ECHO);
	m = one("1e0a3103c00002011388", MP_ADD_ADDR);
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_ECHO | MPTCP_HAS_PORT);
	m = one("1e14310320010db8000000000000000000000001", MP_ADD_ADDR);
	assert_int_equal(m->has, MPTCP_HAS_ID | MPTCP_ECHO);
	assert_int_equal(m->address.size, 16);

	bad("1e0330");
	bad("1e043003");
	bad("1e083003c0000201"); /* v1 without its HMAC */
	bad("1e093103c000020113");
	bad("1e083603c0000201"); /* v0, IPv6 announced */
	bad("1e14340320010db8000000000000000000000001");
	bad("1e1f300320010db80000000000000000000000011388010203040506070800");
}

static void test_remove_addr(void **state)
{
	const struct mptcp_option *m = NULL;
	uint8_t o[40] = { 30, 40, 0x40 };

	(void)state;
	m = one("1e044007", MP_REMOVE_ADDR);
	assert_int_equal(m->n_ids, 1);
	assert_int_equal(m->ids[0], 7);
	m = one("1e0640010203", MP_REMOVE_ADDR);
	assert_int_equal(m->n_ids, 3);
	assert_int_equal(m->ids[2], 3);
	for (size_t i = 3; i < sizeof(o); i++)
		o[i] = (uint8_t)i;
	parse_bytes(o, sizeof(o));
	assert_int_equal(parsed.n_mptcp, 1);
	assert_int_equal(parsed.mptcp[0].n_ids, TCPOPT_IDS_MAX);
	assert_int_equal(parsed.mptcp[0].ids[TCPOPT_IDS_MAX - 1], 39);
	bad("1e0340");
}

static void test_prio(void **state)
{
	const struct mptcp_option *m = NULL;

	(void)state;
	assert_int_equal(one("1e0350", MP_PRIO)->has, 0);
	assert_int_equal(one("1e0351", MP_PRIO)->has, MPTCP_BACKUP);
	m = one("1e045109", MP_PRIO); /* v0: of another address */
	assert_int_equal(m->has, MPTCP_BACKUP | MPTCP_HAS_ID);
	assert_int_equal(m->id, 9);
	bad("1e05510900");
}

static void test_fail_fastclose_rst(void **state)
{
	const struct mptcp_option *m = NULL;

	(void)state;
	m = one("1e0c6000" KEY_A, MP_FAIL);
	assert_true(m->has & MPTCP_HAS_DSN);
	assert_true(m->dsn == 0x1122334455667788);
	bad("1e086000aabbccdd");
	bad("1e0d6000" KEY_A "00");
	m = one("1e0c7000" KEY_A, MP_FASTCLOSE);
	assert_true(m->has & MPTCP_HAS_KEY);
	assert_true(m->key == 0x1122334455667788);
	bad("1e0b700011223344556677");
	bad("1e047000");
	m = one("1e048103", MP_TCPRST);
	assert_int_equal(m->flags, 1);
	assert_int_equal(m->reason, 3);
	bad("1e0380");
	bad("1e05810300");
}

static void test_unknown_subtypes(void **state)
{
	(void)state;
	for (unsigned subtype = 9; subtype < 16; subtype++) {
		for (size_t n = 3; n <= 40; n++) {
			uint8_t o[40] = { 30, (uint8_t)n,
					  (uint8_t)(subtype << 4) };

			parse_bytes(o, n);
			assert_int_equal(parsed.bad, 1);
			assert_int_equal(parsed.n_mptcp, 0);
		}
	}
	bad("1e02");
}

static void test_plain_options(void **state)
{
	(void)state;
	/* A SYN: MSS, SACK permitted, time stamps, NOP, window scale. */
	parse("020405b40402080a00010203000000000103030700ff");
	assert_int_equal(parsed.bad, 0);
	assert_int_equal(parsed.n_mptcp, 0);
	assert_true(parsed.has_mss && parsed.has_wscale && parsed.has_ts);
	assert_int_equal(parsed.mss, 1460);
	assert_int_equal(parsed.sack_permitted, 1);
	assert_int_equal(parsed.tsval, 0x10203);
	assert_int_equal(parsed.tsecr, 0);
	assert_int_equal(parsed.wscale, 7);
	parse("0101050a0000000100000002");
	assert_int_equal(parsed.bad, 0);
	assert_int_equal(parsed.n_sack, 1);
	assert_int_equal(parsed.sack[0][0], 1);
	assert_int_equal(parsed.sack[0][1], 2);
	/* Window scale beyond RFC 7323. */
	parse("0303ff");
	assert_int_equal(parsed.wscale, 14);
	parse("");
	assert_int_equal(parsed.bad, 0);
	bad("020305");
	bad("030407ff");
	bad("040300");
	bad("050900000001000000");
	bad("0503ff");
	bad("080900010203000000");
	/* Someone else's option is passed over. */
	parse("fe04dead1e0350");
	assert_int_equal(parsed.bad, 0);
	assert_int_equal(parsed.n_mptcp, 1);
}

static void test_broken_lengths(void **state)
{
	(void)state;
	bad("1e");
	bad("1e00");
	bad("1e01");
	bad("1e0c");
	bad("1e0c0081112233445566");
	bad("02");
	bad("08ff");
	/* Nothing behind a broken length is believed, all before it is. */
	parse("1e0350"
	      "0500"
	      "1e0351");
	assert_int_equal(parsed.bad, 1);
	assert_int_equal(parsed.n_mptcp, 1);
	/* A bad option of a good length is left out alone. */
	parse("1e0350"
	      "1e0390"
	      "1e0351");
	assert_int_equal(parsed.bad, 1);
	assert_int_equal(parsed.n_mptcp, 2);
	assert_int_equal(parsed.mptcp[1].has, MPTCP_BACKUP);
	/* The end of the list. */
	parse("00"
	      "1e0350");
	assert_int_equal(parsed.n_mptcp, 0);
	assert_int_equal(parsed.bad, 0);
}

static void test_several(void **state)
{
	uint8_t many[300];

	(void)state;
	parse("1e082001aabbccdd"
	      "1e0351"
	      "1e044007");
	assert_int_equal(parsed.n_mptcp, 3);
	assert_int_equal(parsed.bad, 0);
	assert_non_null(tcpopt_find(&parsed, MP_DSS));
	assert_non_null(tcpopt_find(&parsed, MP_PRIO));
	assert_non_null(tcpopt_find(&parsed, MP_REMOVE_ADDR));
	assert_null(tcpopt_find(&parsed, MP_JOIN));
	/* More than a TCP header can hold. */
	for (size_t i = 0; i < sizeof(many); i += 3)
		memcpy(many + i, "\x1e\x03\x51", 3);
	parse_bytes(many, sizeof(many));
	assert_int_equal(parsed.n_mptcp, TCPOPT_MPTCP_MAX);
	assert_int_equal(parsed.bad, 100 - TCPOPT_MPTCP_MAX);
}

static void test_random_bytes(void **state)
{
	uint64_t random = 20240101;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct tcp_options quick;
		uint8_t o[64];
		size_t n = 0;

		memset(&quick, 0xff, sizeof(quick));
		for (size_t i = 0; i < sizeof(o); i++) {
			random = random * 6364136223846793005u +
				 1442695040888963407u;
			o[i] = (uint8_t)(random >> 40);
		}
		n = (random >> 33) % (round % 4 ? 41 : 65);
		/* Often let it look like options of ours. */
		if (round & 1)
			for (size_t i = 0; i + 1 < n; i += 2 + o[i + 1]) {
				o[i] = o[i] & 3 ? 30 : 5;
				o[i + 1] = (uint8_t)(o[i + 1] % 28);
			}
		parse_bytes(o, n);
		assert_true(parsed.n_mptcp <= TCPOPT_MPTCP_MAX);
		assert_true(parsed.n_sack <= TCPOPT_SACK_MAX);
		assert_int_equal(tcpopt_parse_mptcp(o, n, &quick),
				 parsed.n_mptcp);
		assert_memory_equal(quick.mptcp, parsed.mptcp,
				    parsed.n_mptcp * sizeof(*quick.mptcp));
		for (size_t i = 0; i < parsed.n_mptcp; i++) {
			const struct mptcp_option *m = &parsed.mptcp[i];

			/* A DSS may lack its checksum at the very end. */
			assert_in_range(m->length, 3,
					m->subtype == MP_DSS ? n + 2 : n);
			assert_true(m->n_ids <= TCPOPT_IDS_MAX);
			assert_true(m->n_hmac <= sizeof(m->hmac));
			assert_true(m->subtype <= MP_TCPRST);
		}
	}
}

static void test_quick_look(void **state)
{
	static const uint8_t with[] = { 1, 1, 30, 3, 0x50 };
	struct tcp_options o = { .n_mptcp = 9 };

	(void)state;
	assert_int_equal(tcpopt_parse_mptcp(with, sizeof(with), &o), 1);
	assert_int_equal(tcpopt_parse_mptcp(with, 2, &o), 0);
	assert_int_equal(o.n_mptcp, 0);
	o.n_mptcp = 9;
	assert_int_equal(tcpopt_parse_mptcp(with, 0, &o), 0);
	assert_int_equal(o.n_mptcp, 0);
}

static int has_room(const char *hex)
{
	uint8_t bytes[64];
	int n = num_hexbytes(hex, strlen(hex), bytes, sizeof(bytes));

	assert_true(n >= 0);
	return tcpopt_has_room(bytes, (size_t)n);
}

#define SACK_BLOCK "0000000100000002"

/* 40 octets hold a time stamp, two blocks of SACK and a DATA_ACK, not three. */
static void room_for_a_data_ack(void **state)
{
	(void)state;
	assert_true(has_room(""));
	assert_true(has_room("0101080a0000000100000002"));
	assert_true(has_room("0101080a0000000100000002"
			     "01010512" SACK_BLOCK SACK_BLOCK));
	assert_false(has_room("0101080a0000000100000002"
			      "0101051a" SACK_BLOCK SACK_BLOCK SACK_BLOCK));
	/* Whoever takes options away leaves padding. */
	assert_true(has_room("0101080a0000000100000002"
			     "01010101010101010101010101010101010101010101"
			     "010101010101"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capable),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_dss),
		cmocka_unit_test(test_dss_widths),
		cmocka_unit_test(test_add_addr),
		cmocka_unit_test(test_remove_addr),
		cmocka_unit_test(test_prio),
		cmocka_unit_test(test_fail_fastclose_rst),
		cmocka_unit_test(test_unknown_subtypes),
		cmocka_unit_test(test_plain_options),
		cmocka_unit_test(test_broken_lengths),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_quick_look),
		cmocka_unit_test(room_for_a_data_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
