/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_check_sum.c - the arithmetic under DSS checksums, and what findings say.
 *
 * Sums are compared with those of 16-bit words added one by one with the carry
 * brought around (RFC 1071), on random bytes cut at random places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/payload_facts.h"
#include "check/rule.h"

static uint32_t dice = 1;

static uint32_t roll(void)
{
	dice = dice * 1664525 + 1013904223;
	return dice >> 8;
}

static uint16_t by_hand(const uint8_t *b, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += i % 2 ? b[i] : (uint32_t)b[i] << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return (uint16_t)sum;
}

static int is_same(uint16_t a, uint16_t b)
{
	/* 0 has two forms */
	return a == b || (a == 0 && b == 0xffff) || (a == 0xffff && b == 0);
}

static void test_sum(void **state)
{
	uint8_t bytes[3000];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = roll() % sizeof(bytes);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(round % 3 ? roll() : 0xff);
		assert_true(is_same(sum_bytes(bytes, n), by_hand(bytes, n)));
	}
}

/* The sum of the whole is that of its parts, turned where one begins odd. */
static void test_parts(void **state)
{
	uint8_t bytes[2000];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = 1 + roll() % sizeof(bytes), at = 0;
		uint16_t sum = 0;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)roll();
		while (at < n) {
			size_t part = 1 + roll() % (n - at);
			uint16_t s = sum_bytes(bytes + at, part);

			if (at % 2)
				s = (uint16_t)(s << 8 | s >> 8);
			sum = sum_add(sum, s);
			at += part;
		}
		assert_true(is_same(sum, by_hand(bytes, n)));
	}
}

static void test_finding(void **state)
{
	struct finding f;

	(void)state;
	finding_init(&f, RULE_BACKUP_UNUSED);
	assert_int_equal(finding_result(&f), RESULT_NOT_CHECKED);
	assert_string_equal(finding_text(&f),
			    rule_get(RULE_BACKUP_UNUSED)->nothing);
	finding_unknown(&f, "no %s", "clue");
	assert_int_equal(finding_result(&f), RESULT_NOT_CHECKED);
	assert_string_equal(finding_text(&f), "no clue");
	finding_ok(&f);
	assert_int_equal(finding_result(&f), RESULT_OK);
	finding_wrong(&f, SEVERITY_NOTE, 7, "%d things", 3);
	assert_int_equal(f.severity, SEVERITY_NOTE);
	finding_wrong(&f, SEVERITY_ERROR, 7, "more");
	finding_wrong(&f, SEVERITY_WARNING, 9, "still more");
	assert_int_equal(finding_result(&f), RESULT_VIOLATED);
	assert_int_equal(f.severity, SEVERITY_ERROR);
	assert_string_equal(finding_text(&f), "3 things");
	assert_int_equal(f.wrong, 3);
	assert_int_equal(f.n_frames, 2);
	for (uint32_t k = 0; k < 100; k++)
		finding_wrong(&f, SEVERITY_NOTE, 100 + k, "again");
	assert_int_equal(f.n_frames, FINDING_FRAMES_MAX);
	assert_int_equal(f.wrong, 103);
	finding_release(&f);
}

/* No rule without a name, a text for each result, and a section. */
static void test_rules(void **state)
{
	(void)state;
	for (int r = 0; r < RULES; r++) {
		const struct rule *rule = rule_get((enum rule_id)r);

		assert_non_null(rule->name);
		assert_non_null(rule->title);
		assert_non_null(rule->nothing);
		assert_non_null(rule->section[1]);
		for (int k = 0; k < r; k++)
			assert_string_not_equal(
				rule->name, rule_get((enum rule_id)k)->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
