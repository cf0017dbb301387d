/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nearest_offer() against the shortest way from word to word, tried out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *of(const char *text, const char *const *words)
{
	struct nearest nearest = NEAREST_INIT(text, strlen(text));

	while (*words)
		nearest_offer(&nearest, *words++);
	return nearest.best;
}

static const char *const options[] = { "csv",	"json",	   "jsonl", "output",
				       "merge", "refresh", "quiet", NULL };

static void test_words(void **state)
{
	static const char *const same[] = { "cat", "car", NULL };

	(void)state;
	assert_string_equal(of("jsn", options), "json");
	assert_string_equal(of("ouput", options), "output");
	assert_string_equal(of("megre", options), "merge");
	assert_string_equal(of("refreshh", options), "refresh");
	assert_string_equal(of("jsonl", options), "jsonl");
	assert_string_equal(of("cas", same), "cat");
	assert_string_equal(of("ref", options), "refresh");
	assert_null(of("cs", options)); /* one of two letters is too much */
	assert_null(of("", options));
	assert_null(of("filter", options));
	assert_null(of("csv", options + 7));
}

static void test_limits(void **state)
{
	static const char *const far[] = { "abcdef", NULL };
	char text[66];
	const char *one[] = { text, NULL };

	(void)state;
	assert_string_equal(of("abcdxy", far), "abcdef"); /* 2 of 6 */
	assert_null(of("abcxyz", far));			  /* 3 of 6 */
	memset(text, 'a', sizeof(text));
	text[64] = '\0';
	assert_string_equal(of(text, one), text);
	text[64] = 'a';
	text[65] = '\0';
	assert_null(of(text, one));
	assert_null(of(text, far));
}

static void test_list(void **state)
{
	struct nearest nearest = NEAREST_INIT("staet and more", 5);
	char *clause = NULL;

	(void)state;
	nearest_offer_all(&nearest, " id  state stale");
	clause = nearest_clause(&nearest);
	assert_string_equal(clause, "; perhaps state is meant");
	free(clause);
	nearest = (struct nearest)NEAREST_INIT("client", 6);
	nearest_offer_all(&nearest, "");
	nearest_offer_all(&nearest, "id state");
	clause = nearest_clause(&nearest);
	assert_string_equal(clause, "");
	free(clause);
}

/* What is suggested instead of "text". */
static void suggests(const char *text, const char *words, const char *wanted)
{
	struct nearest nearest = NEAREST_INIT(text, strlen(text));
	char *clause = NULL;

	nearest_offer_all(&nearest, words);
	clause = nearest_clause(&nearest);
	assert_string_equal(clause, wanted);
	free(clause);
}

static void test_parts(void **state)
{
	static const char words[] = "a_rate_bps b-rate rate_max corate c_rated "
				    "rate_min ra d_rate";

	(void)state;
	suggests("rate", "id a_rate_bps", "; perhaps a_rate_bps is meant");
	suggests("rate", "id a_rate_bps corate rate_max",
		 "; perhaps rate_max or a_rate_bps is meant");
	suggests("rate", words,
		 "; perhaps rate_max, rate_min or a_rate_bps is meant");
	suggests("rate_m", words, "; perhaps rate_max or rate_min is meant");
	suggests("raet", "arate rate", "; perhaps rate is meant");
	suggests("stat", "status_x state stat_y", "; perhaps state is meant");
	suggests("id", "a_id b_id", ""); /* too short */
	suggests("rate_bps_x", "a_rate_bps", "");
}

/* The shortest way by trying all: slow, and another way to say it. */
static size_t ways(const char *a, size_t n, const char *b, size_t m)
{
	size_t best = n + m, one = 0;

	if (!n || !m)
		return n + m;
	one = ways(a + 1, n - 1, b + 1, m - 1) + (*a != *b);
	best = one < best ? one : best;
	one = ways(a + 1, n - 1, b, m) + 1;
	best = one < best ? one : best;
	one = ways(a, n, b + 1, m - 1) + 1;
	best = one < best ? one : best;
	if (n > 1 && m > 1 && a[0] == b[1] && a[1] == b[0]) {
		one = ways(a + 2, n - 2, b + 2, m - 2) + 1;
		best = one < best ? one : best;
	}
	return best;
}

/* The i-th word of the letters a and b, "n" of them. */
static void make(char *word, size_t n, unsigned i)
{
	for (size_t k = 0; k < n; k++)
		word[k] = (char)('a' + (i >> k & 1));
	word[n] = '\0';
}

static void compare(const char *text, const char *word)
{
	const size_t way = ways(text, strlen(text), word, strlen(word));
	struct nearest nearest = NEAREST_INIT(text, strlen(text));

	nearest_offer(&nearest, word);
	if (way > strlen(text) / 3) {
		assert_null(nearest.best);
	} else {
		assert_ptr_equal(nearest.best, word);
		assert_int_equal(nearest.distance, way);
	}
}

/* All words of six letters, and all of five and six. */
static void test_against_all_ways(void **state)
{
	char text[8], word[8];

	(void)state;
	for (unsigned i = 0; i < 64; i++)
		for (size_t n = 5; n <= 6; n++)
			for (unsigned k = 0; k < 1U << n; k++) {
				make(text, 6, i);
				make(word, n, k);
				compare(text, word);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_against_all_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
