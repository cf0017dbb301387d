/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_strbuf.c - numbers and bytes as text (base/strbuf.h), against printf.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/strbuf.h"

static uint64_t random_state = 1;

static uint64_t random_number(void)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state >> 1 ^ random_state << 31;
}

static void decimal(struct strbuf *out, uint64_t value)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "%" PRIu64, value);
	strbuf_clear(out);
	strbuf_decimal(out, value);
	assert_string_equal(out->text, wanted);
	assert_int_equal(out->len, strlen(wanted));
}

static void test_decimal(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		decimal(&out, i);
	for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10) {
		decimal(&out, power - 1);
		decimal(&out, power);
		decimal(&out, power * 10 - 1);
	}
	for (unsigned i = 0; i < 100000; i++)
		decimal(&out, random_number() >> i % 64);
	decimal(&out, UINT64_MAX);
	decimal(&out, (uint64_t)1 << 63);
	strbuf_release(&out);
}

static void test_nanoseconds(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		int64_t ns = (int64_t)(random_number() >> (1 + i % 62)),
			back = 0;
		char wanted[40];

		if (i & 1)
			ns = -ns;
		snprintf(wanted, sizeof(wanted), "%s%" PRId64 ".%09" PRId64,
			 ns < 0 ? "-" : "", (ns < 0 ? -ns : ns) / 1000000000,
			 (ns < 0 ? -ns : ns) % 1000000000);
		strbuf_clear(&out);
		strbuf_nanoseconds(&out, ns);
		assert_string_equal(out.text, wanted);
		assert_int_equal(num_nanoseconds(out.text, out.len, &back), 0);
		assert_true(back == ns);
	}
	strbuf_release(&out);
}

static void test_hex(void **state)
{
	struct strbuf out = STRBUF_INIT;
	uint8_t bytes[256], back[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		char wanted[3];

		bytes[i] = (uint8_t)i;
		snprintf(wanted, sizeof(wanted), "%02x", (unsigned)i);
		strbuf_clear(&out);
		strbuf_hex(&out, bytes + i, 1);
		assert_string_equal(out.text, wanted);
	}
	strbuf_clear(&out);
	strbuf_hex(&out, bytes, sizeof(bytes));
	assert_int_equal(out.len, 2 * sizeof(bytes));
	assert_int_equal(num_hexbytes(out.text, out.len, back, sizeof(back)),
			 sizeof(back));
	assert_memory_equal(back, bytes, sizeof(bytes));
	strbuf_release(&out);
}

/* Every byte in every place of two: digits of both cases, nothing else. */
static void test_hex_digits(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	(void)state;
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			char text[] = { (char)a, (char)b };
			int good = strchr(digits, a) && strchr(digits, b);
			uint8_t byte = 0;
			unsigned wanted = 0;

			assert_int_equal(num_hexbytes(text, 2, &byte, 1),
					 good ? 1 : -1);
			if (!good)
				continue;
			assert_int_equal(sscanf((char[]){ (char)a, (char)b, 0 },
						"%x", &wanted),
					 1);
			assert_int_equal(byte, wanted);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_nanoseconds),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_hex_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
