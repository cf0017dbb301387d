/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_num.c - text to numbers (base/num.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"

enum {
	UNTOUCHED = 77
};

/* The text as exactly as many bytes, so that a checker sees every overrun. */
static char *exact(const char *s)
{
	size_t n = strlen(s);
	char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, s, n);
	return copy;
}

static int u64(const char *s, uint64_t max, uint64_t *out)
{
	char *copy = exact(s);
	int rc = num_u64(copy, strlen(s), max, out);

	free(copy);
	return rc;
}

static int hex(const char *s, uint64_t max, uint64_t *out)
{
	char *copy = exact(s);
	int rc = num_hex(copy, strlen(s), max, out);

	free(copy);
	return rc;
}

static int nanoseconds(const char *s, int64_t *out)
{
	char *copy = exact(s);
	int rc = num_nanoseconds(copy, strlen(s), out);

	free(copy);
	return rc;
}

static int hexbytes(const char *s, uint8_t *out, size_t max)
{
	char *copy = exact(s);
	int rc = num_hexbytes(copy, strlen(s), out, max);

	free(copy);
	return rc;
}

static void test_decimal(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "4294967295", UINT32_MAX },
		{ "4294967296", 4294967296u },
		{ "18446744073709551609", UINT64_MAX - 6 },
		{ "18446744073709551615", UINT64_MAX },
		{ "00000000000000000000000000000001", 1 },
	};
	static const char *const bad[] = {
		"", " ", "+1", "-1", " 1", "1 ", "1\n", "0x1", "a", "1a", "1.0",
		"1,2", "\xb2", "18446744073709551616", "18446744073709551620",
		"99999999999999999999", "100000000000000000000",
		"184467440737095516150",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint64_t v = UNTOUCHED;

		assert_int_equal(u64(good[i].text, UINT64_MAX, &v), 0);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint64_t v = UNTOUCHED;

		assert_int_equal(u64(bad[i], UINT64_MAX, &v), -1);
		assert_true(v == UNTOUCHED);
	}
}

static void test_decimal_limits(void **state)
{
	uint64_t v = UNTOUCHED;
	uint32_t v32 = UNTOUCHED;
	uint64_t v16 = UNTOUCHED;

	(void)state;
	assert_int_equal(u64("100", 100, &v), 0);
	assert_true(v == 100);
	v = UNTOUCHED;
	assert_int_equal(u64("101", 100, &v), -1);
	assert_true(v == UNTOUCHED);
	assert_int_equal(num_u32("4294967296", 10, &v32), -1);
	assert_int_equal(v32, UNTOUCHED);
	assert_int_equal(num_u32("4294967295", 10, &v32), 0);
	assert_true(v32 == UINT32_MAX);
	assert_int_equal(num_u64("65536", 5, UINT16_MAX, &v16), -1);
	assert_int_equal(v16, UNTOUCHED);
	assert_int_equal(num_u64("65535", 5, UINT16_MAX, &v16), 0);
	assert_int_equal(v16, UINT16_MAX);
	/* Only n bytes count. */
	assert_int_equal(num_u64("123456789", 3, UINT16_MAX, &v16), 0);
	assert_int_equal(v16, 123);
	assert_int_equal(num_u64("1\0002", 3, UINT16_MAX, &v16), -1);
	assert_int_equal(num_u64("1", 0, UINT16_MAX, &v16), -1);
}

static void test_hexadecimal(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "0x0", 0 },
		{ "0X1f", 31 },
		{ "DeadBeef", 0xdeadbeef },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "00000000000000000001", 1 },
	};
	static const char *const bad[] = {
		"", "x", "0x", "0xg", "-1", "0x-1", "1 ", "0x0x1", "g",
		"0x10000000000000000", "fffffffffffffffff",
	};
	uint64_t v = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		v = UNTOUCHED;
		assert_int_equal(hex(good[i].text, UINT64_MAX, &v), 0);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		v = UNTOUCHED;
		assert_int_equal(hex(bad[i], UINT64_MAX, &v), -1);
		assert_true(v == UNTOUCHED);
	}
	assert_int_equal(hex("0xffff", 0xffff, &v), 0);
	assert_int_equal(hex("0x10000", 0xffff, &v), -1);
}

static void test_nanoseconds(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 },
		{ "0.0", 0 },
		{ "1", 1000000000 },
		{ "1.5", 1500000000 },
		{ "0.000000001", 1 },
		{ "-0.000000001", -1 },
		{ "-1.25", -1250000000 },
		{ "1704067200.000100000", 1704067200000100000 },
		{ "1704067200.0001", 1704067200000100000 },
		{ "9223372035.999999999", 9223372035999999999 },
	};
	static const char *const bad[] = {
		"", "-", ".", ".5", "1.", "-.5", "1.0000000000", "1.2.3", "1e3",
		"--1", "+1", "1.-5", "1 .5", "9223372036", "9223372037.0",
		"18446744073709551616", "99999999999999999999.1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		int64_t v = UNTOUCHED;

		assert_int_equal(nanoseconds(good[i].text, &v), 0);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int64_t v = UNTOUCHED;

		assert_int_equal(nanoseconds(bad[i], &v), -1);
		assert_true(v == UNTOUCHED);
	}
}

static void test_hexbytes(void **state)
{
	static const uint8_t want[] = { 0x01, 0x01, 0x08, 0xfa };
	static const char *const bad[] = {
		"0", "010", "0g", "01:", "01:0", ":01", "01::02", "01 02",
		"0x01", "0:1",
	};
	uint8_t out[40], guard[5] = { 0, 0, 0, 0, 0xee };

	(void)state;
	assert_int_equal(hexbytes("010108fa", out, sizeof(out)), 4);
	assert_memory_equal(out, want, 4);
	assert_int_equal(hexbytes("01:01:08:FA", out, sizeof(out)), 4);
	assert_memory_equal(out, want, 4);
	assert_int_equal(hexbytes("", out, sizeof(out)), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(hexbytes(bad[i], out, sizeof(out)), -1);
	/* As many bytes as fit, and not one more. */
	assert_int_equal(hexbytes("010108fa", guard, 4), 4);
	assert_int_equal(hexbytes("010108fa05", guard, 4), -1);
	assert_int_equal(guard[4], 0xee);
	assert_int_equal(hexbytes("01", guard, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_decimal_limits),
		cmocka_unit_test(test_hexadecimal),
		cmocka_unit_test(test_nanoseconds),
		cmocka_unit_test(test_hexbytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
