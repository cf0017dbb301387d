/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IP addresses, against what the C library makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/address.h"

/* The text as the whole of a block of just its bytes. */
static int parse(struct address *out, const char *text, size_t n)
{
	char *copy = malloc(n + 1);
	int rc = 0;

	assert_non_null(copy);
	memcpy(copy, text, n);
	copy[n] = '1'; /* it would go on, for whoever reads behind it */
	rc = address_parse(out, copy, n);
	free(copy);
	return rc;
}

/* Is it what inet_pton() says, and does it print as inet_ntop() does? */
static int check(const char *text)
{
	static const struct address before = { { 1, 2, 3, 4, 5 }, 16 };
	struct address want = ADDRESS_NONE, have = before, again = before;
	struct address_text printed;
	char wanted[ADDRESS_TEXT] = "";
	struct strbuf line = STRBUF_INIT;

	if (inet_pton(AF_INET, text, want.bytes) == 1)
		want.size = 4;
	else if (inet_pton(AF_INET6, text, want.bytes) == 1)
		want.size = 16;
	if (parse(&have, text, strlen(text)) != (want.size ? 0 : -1))
		fail_msg("'%s' is taken wrongly", text);
	if (!want.size) {
		assert_memory_equal(&have, &before, sizeof(have));
		return 0;
	}
	if (memcmp(&have, &want, sizeof(want)) != 0)
		fail_msg("'%s' is not what was made of it", text);
	inet_ntop(want.size == 4 ? AF_INET : AF_INET6, want.bytes, wanted,
		  sizeof(wanted));
	printed = address_text(&have);
	assert_string_equal(printed.text, wanted);
	address_append(&line, &have);
	assert_string_equal(line.text, wanted);
	assert_int_equal(line.len, strlen(wanted));
	strbuf_release(&line);
	assert_int_equal(parse(&again, wanted, strlen(wanted)), 0);
	assert_memory_equal(&again, &have, sizeof(have));
	return 1;
}

static void edges(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0",
		"255.255.255.255",
		"256.1.1.1",
		"1.1.1.256",
		"1.1.1.1000",
		"4294967297.1.1.1",
		"1.2.3",
		"1.2.3.",
		".1.2.3",
		"1..2.3",
		"1.2.3.4.",
		"1.2.3.4.5",
		"1.2.3.4 ",
		" 1.2.3.4",
		"01.2.3.4",
		"1.2.3.00",
		"1.2.3.0",
		"1.2.3.-4",
		"1.2.3.+4",
		"0x1.2.3.4",
		"1",
		"",
		":",
		"::",
		":::",
		"::1",
		"1::",
		"1::2::3",
		"1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8::",
		"::1.2.3.4",
		"::ffff:1.2.3.4",
		"::ffff:01.2.3.4",
		"::ffff:0:1.2.3.4",
		"1:2:3:4:5:6:255.255.255.255",
		"1:2:3:4:5:6:7:1.2.3.4",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
		"FFFF:abcd:ABCD::",
		"12345::",
		"00001::",
		"0001::",
		"g::",
		"fe80::1%eth0",
		"fe80::1/64",
		"[::1]",
		"0:0:0:0:0:0:0:0",
		"1:0:0:2:0:0:0:3",
		"1:0:0:0:2:0:0:3",
		"0:1:0:1:0:1:0:1",
		"64:ff9b::192.0.2.33",
		"::10",
		"::0:1:0",
	};
	int taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		taken += check(texts[i]);
	assert_in_range(taken, 20, sizeof(texts) / sizeof(*texts) - 20);
}

/* All that a text of few signs can be. */
static void short_texts(void **state)
{
	static const char signs[] = "0129.:f";
	const size_t n = sizeof(signs) - 1;
	char text[8] = "";
	size_t taken = 0;

	(void)state;
	for (size_t length = 1; length < 7; length++) {
		size_t all = 1;

		for (size_t i = 0; i < length; i++)
			all *= n;
		for (size_t k = 0; k < all; k++) {
			size_t rest = k;

			for (size_t i = 0; i < length; i++, rest /= n)
				text[i] = signs[rest % n];
			text[length] = '\0';
			taken += (size_t)check(text);
		}
	}
	assert_true(taken > 100);
}

static uint64_t random_bits(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Runs of zeros, and small numbers, are what the text depends on. */
static struct address random_address(void)
{
	struct address a = { .size = random_bits() & 1 ? 4 : 16 };
	const uint64_t kept = random_bits();

	for (size_t i = 0; i < a.size; i++)
		if (kept >> (i / 2) & 1)
			a.bytes[i] = (uint8_t)(random_bits() >>
					       (random_bits() % 8 + 20));
	return a;
}

static void random_texts(void **state)
{
	static const char signs[] = "0123456789abcdefABF.::..%\n x/";
	size_t taken = 0, refused = 0;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		struct address a = random_address();
		struct address_text t = address_text(&a);
		size_t n = strlen(t.text), at = random_bits() % (n + 1);

		assert_int_equal(check(t.text), 1);
		/* One sign changed, taken away or put in. */
		if (i % 3 == 0 && at < n)
			t.text[at] = signs[random_bits() % (sizeof(signs) - 1)];
		else if (i % 3 == 1 && at < n)
			memmove(t.text + at, t.text + at + 1, n - at);
		else if (n + 2 <= sizeof(t.text)) {
			memmove(t.text + at + 1, t.text + at, n - at + 1);
			t.text[at] = signs[random_bits() % (sizeof(signs) - 1)];
		}
		if (check(t.text))
			taken++;
		else
			refused++;
	}
	assert_true(taken > 1000 && refused > 1000);
}

/* What is no text: a NUL, and very much. */
static void no_texts(void **state)
{
	struct address a = ADDRESS_NONE;
	char much[5000];

	(void)state;
	assert_int_equal(parse(&a, "1.2.3.4\0", 8), -1);
	assert_int_equal(parse(&a, "::1\0", 4), -1);
	assert_int_equal(parse(&a, "\0::1", 4), -1);
	assert_int_equal(parse(&a, "1.2\0003.4", 7), -1);
	memset(much, '0', sizeof(much));
	assert_int_equal(parse(&a, much, sizeof(much)), -1);
	memset(much, ':', 2);
	assert_int_equal(parse(&a, much, sizeof(much)), -1);
	assert_int_equal(a.size, 0);
	assert_string_equal(address_text(&a).text, "");
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void order(void **state)
{
	static const char *const sorted[] = {
		"0.0.0.0",     "0.0.0.1",	  "9.9.9.9",  "10.0.0.0",
		"200.1.1.1",   "255.255.255.255", "::",	      "::1",
		"2001:db8::1", "fe80::",	  "fe80::1:0"
	};
	enum {
		N = sizeof(sorted) / sizeof(*sorted)
	};
	struct address a[N + 1] = { ADDRESS_NONE };

	(void)state;
	for (size_t i = 0; i < N; i++)
		assert_int_equal(parse(&a[i + 1], sorted[i], strlen(sorted[i])),
				 0);
	for (int i = 0; i <= N; i++)
		for (int k = 0; k <= N; k++) {
			assert_int_equal(sign(address_order(&a[i], &a[k])),
					 sign(i - k));
			assert_int_equal(address_is_equal(&a[i], &a[k]),
					 i == k);
		}
	/* Every byte counts. */
	for (size_t i = 0; i < sizeof(*a); i++) {
		struct address other = a[N];

		((uint8_t *)&other)[i] ^= 64;
		assert_false(address_is_equal(&other, &a[N]));
		assert_int_not_equal(address_order(&other, &a[N]), 0);
	}
}

static void endpoints(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		const char *text;
	} cases[] = {
		{ "192.0.2.1", 80, "192.0.2.1:80" },
		{ "2001:db8::1", 80, "[2001:db8::1]:80" },
		{ "::ffff:1.2.3.4", 65535, "[::ffff:1.2.3.4]:65535" },
		{ "0.0.0.0", 0, "0.0.0.0:0" },
	};
	struct strbuf line = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct address a = ADDRESS_NONE;

		assert_int_equal(
			parse(&a, cases[i].address, strlen(cases[i].address)),
			0);
		assert_int_equal(address_is_v6(&a), cases[i].text[0] == '[');
		strbuf_clear(&line);
		address_append_endpoint(&line, &a, cases[i].port);
		assert_string_equal(line.text, cases[i].text);
	}
	strbuf_release(&line);
}

static void loopback(void **state)
{
	static const struct {
		const char *address;
		bool is;
	} cases[] = {
		{ "127.0.0.1", true },	      { "127.255.0.9", true },
		{ "128.0.0.1", false },	      { "10.0.0.127", false },
		{ "::1", true },	      { "::", false },
		{ "::2", false },	      { "1::1", false },
		{ "::ffff:127.0.0.1", true }, { "7f00::1", false },
		{ "::ffff:192.0.2.1", false }
	};
	const struct address none = ADDRESS_NONE;

	(void)state;
	assert_false(address_is_loopback(&none));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct address a = ADDRESS_NONE;

		assert_int_equal(
			parse(&a, cases[i].address, strlen(cases[i].address)),
			0);
		assert_int_equal(address_is_loopback(&a), cases[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges),	cmocka_unit_test(short_texts),
		cmocka_unit_test(random_texts), cmocka_unit_test(no_texts),
		cmocka_unit_test(order),	cmocka_unit_test(endpoints),
		cmocka_unit_test(loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
