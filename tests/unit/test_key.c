/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_key.c - tokens, initial data sequence numbers, HMACs (model/key.h).
 *
 * Keys and tokens are those of captured connections: other implementations
 * agreed on them.  The HMACs come from Python's hmac module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/key.h"

static void test_derive(void **state)
{
	static const struct {
		int version;
		uint64_t key;
		uint32_t token;
		uint64_t idsn;
	} known[] = {
		/* v1: Linux on both sides */
		{ 1, 0xfea89e684f6378af, 0x0d3219a4, 0x39419d88aa4a2807 },
		{ 1, 0xe5d47e2abf96213d, 0xc24f4146, 0x305b22bfce7ee474 },
		/* v0, out-of-tree Linux */
		{ 0, 0xca2f07947b1bfd2b, 0x87f53114, 0x528b5d084e92c2fc },
		{ 0, 0xa78213619e4beafc, 0x2ff5f1f0, 0x488c0d28e589f0d3 },
		{ 0, 0x1513f7895ef77b72, 0xb3db4d6a, 0x167effb14829b7b1 },
		{ 0, 0x920bcfdc155c41e2, 0x9288c15d, 0xe156d03f8e8b8201 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		uint32_t token = 0;
		uint64_t idsn = 0;

		key_derive(known[i].version, known[i].key, &token, &idsn);
		assert_true(token == known[i].token);
		assert_true(idsn == known[i].idsn);
	}
}

static const uint64_t key_a = 0x2c8196f1f5e9d9bb;
static const uint64_t key_b = 0x8505a3f7d5b5ad58;
static const uint32_t nonce_a = 0x01020304;
static const uint32_t nonce_b = 0xfffefdfc;

static void check_hmac(int version, const uint8_t from_a[20],
		       const uint8_t from_b[20])
{
	uint8_t out[21];

	memset(out, 0xee, sizeof(out));
	key_join_hmac(version, key_a, key_b, nonce_a, nonce_b, out);
	assert_memory_equal(out, from_a, 20);
	key_join_hmac(version, key_b, key_a, nonce_b, nonce_a, out);
	assert_memory_equal(out, from_b, 20);
	assert_int_equal(out[20], 0xee);
}

static void test_hmac_sha1(void **state)
{
	static const uint8_t from_a[] = { 0xa1, 0xbc, 0xbd, 0x2b, 0xa2,
					  0x7f, 0x36, 0x7a, 0x9e, 0x9a,
					  0x4d, 0x24, 0x23, 0x38, 0xd6,
					  0x48, 0x97, 0x0e, 0x49, 0x55 };
	static const uint8_t from_b[] = { 0xdb, 0x97, 0xd3, 0x17, 0x8d,
					  0x72, 0xde, 0x9e, 0x08, 0xa2,
					  0x15, 0xec, 0x84, 0x94, 0x22,
					  0xc5, 0xf2, 0xb1, 0x49, 0x8c };

	(void)state;
	check_hmac(0, from_a, from_b);
}

static void test_hmac_sha256(void **state)
{
	static const uint8_t from_a[] = { 0x09, 0x03, 0xc7, 0xea, 0x47,
					  0xce, 0x2c, 0x4b, 0xbe, 0xbe,
					  0x1c, 0xa7, 0xd4, 0x2b, 0x6a,
					  0xbe, 0xb0, 0xb9, 0xe9, 0xe3 };
	static const uint8_t from_b[] = { 0x67, 0x0b, 0x5b, 0x51, 0x1f,
					  0x8e, 0x08, 0x24, 0xc6, 0xa2,
					  0x64, 0x03, 0x2c, 0xb3, 0xd1,
					  0xb8, 0xd0, 0x97, 0x98, 0xf0 };

	(void)state;
	check_hmac(1, from_a, from_b);
}

static void test_add_addr(void **state)
{
	static const uint64_t own = 0x1122334455667788, peer = 0x99aabbccddeeff00;
	static const struct address four = { { 10, 0, 2, 2 }, 4 };
	static const struct address with_port = { { 10, 0, 3, 2 }, 4 };
	static const struct address six = { { 0xfd, 0, 0, 2, [15] = 2 }, 16 };
	static const uint8_t hmac[3][8] = {
		{ 0xd0, 0x77, 0x3e, 0x79, 0xc4, 0x67, 0xfa, 0xd3 },
		{ 0x2b, 0xb1, 0xed, 0x47, 0x60, 0xb7, 0xe4, 0x77 },
		{ 0x7d, 0x81, 0xc5, 0xa0, 0x23, 0x8d, 0xca, 0x6d },
	};
	uint8_t out[9] = { [8] = 0xee };

	(void)state;
	key_add_addr_hmac(own, peer, 12, &four, 0, out);
	assert_memory_equal(out, hmac[0], 8);
	key_add_addr_hmac(own, peer, 13, &with_port, 6001, out);
	assert_memory_equal(out, hmac[1], 8);
	key_add_addr_hmac(own, peer, 14, &six, 0, out);
	assert_memory_equal(out, hmac[2], 8);
	assert_int_equal(out[8], 0xee);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_derive),
		cmocka_unit_test(test_hmac_sha1),
		cmocka_unit_test(test_hmac_sha256),
		cmocka_unit_test(test_add_addr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
