/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests of many samples, and unions of periods (model/digest.h, periods.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/digest.h"
#include "model/periods.h"

static uint64_t next_random(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Of any size: as many of each power of two. */
static int64_t next_sample(void)
{
	return (int64_t)(next_random() >> (1 + next_random() % 63));
}

static void describe(size_t n, struct distribution *exact,
		     struct distribution *digested)
{
	struct samples samples = { .n = 0 };
	struct digest digest = DIGEST_INIT;

	for (size_t i = 0; i < n; i++) {
		int64_t value = next_sample();

		samples_add(&samples, value);
		digest_add(&digest, value);
	}
	samples_describe(&samples, exact);
	digest_describe(&digest, digested);
	digest_release(&digest);
	samples_release(&samples);
}

static void assert_near(int64_t got, int64_t wanted)
{
	const int64_t error = got > wanted ? got - wanted : wanted - got;

	assert_true(error <= wanted / 250 + 1);
}

static void few_are_exact(void **state)
{
	const size_t sizes[] = { 1, 2, 3, 100, DIGEST_EXACT };
	struct distribution a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		describe(sizes[i], &a, &b);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void many_are_near(void **state)
{
	struct distribution a, b;

	(void)state;
	for (size_t n = DIGEST_EXACT + 1; n < 300000; n = n * 2 + 7) {
		describe(n, &a, &b);
		assert_int_equal(a.n, b.n);
		assert_int_equal(a.min, b.min);
		assert_int_equal(a.max, b.max);
		assert_near(b.p50, a.p50);
		assert_near(b.p95, a.p95);
	}
}

static void describe_same(int64_t value, struct distribution *out)
{
	struct digest digest = DIGEST_INIT;

	for (size_t i = 0; i < 2 * DIGEST_EXACT; i++)
		digest_add(&digest, value);
	digest_describe(&digest, out);
	digest_release(&digest);
}

/* All the same: that is what each percentile is, whatever the class is. */
static void borders(void **state)
{
	const int64_t values[] = { 0,
				   1,
				   127,
				   128,
				   129,
				   255,
				   256,
				   257,
				   (INT64_C(1) << 40) - 1,
				   INT64_C(1) << 40,
				   INT64_MAX };
	struct distribution d;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		describe_same(values[i], &d);
		assert_int_equal(d.p50, values[i]);
		assert_int_equal(d.p95, values[i]);
	}
	describe_same(-5, &d);
	assert_int_equal(d.min, 0);
	assert_int_equal(d.p50, 0);
}

static void nothing(void **state)
{
	struct digest digest = DIGEST_INIT;
	struct distribution d;

	(void)state;
	digest_describe(&digest, &d);
	assert_int_equal(d.n, 0);
	digest_release(&digest);
}

enum {
	MOMENTS = 5000,
	GAP = 3
};

/* Moment by moment: is it in one of them, or in a gap between two? */
static int64_t count_moments(const uint8_t *steps, size_t n)
{
	int64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += steps[i];
	return total;
}

static void add_period(struct periods *p, uint8_t *busy)
{
	const int64_t from = (int64_t)(next_random() % (MOMENTS - 20));
	const int64_t to = from + (int64_t)(next_random() % 12);

	periods_add(p, from, to);
	busy[2 * from] = 1; /* a moment, and what is up to the next one */
	for (int64_t i = from; i < to; i++)
		busy[2 * i + 1] = busy[2 * i + 2] = 1;
}

static void close_gaps(uint8_t *busy)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < 2 * (size_t)MOMENTS; i += 2) {
		if (!busy[i])
			continue;
		if (last != SIZE_MAX && i - last <= 2 * (size_t)GAP)
			for (size_t k = last + 1; k < i; k++)
				busy[k] = 1;
		last = i;
	}
}

static void unions(void **state)
{
	(void)state;
	for (size_t n = 0; n < 1000; n += 1 + n / 3) {
		uint8_t busy[2 * MOMENTS + 2] = { 0 };
		uint8_t steps[MOMENTS] = { 0 };
		struct periods p = PERIODS_INIT(GAP);

		for (size_t i = 0; i < n; i++)
			add_period(&p, busy);
		close_gaps(busy);
		for (size_t i = 0; i < MOMENTS; i++)
			steps[i] = busy[2 * i + 1];
		assert_int_equal(periods_total(&p),
				 count_moments(steps, MOMENTS));
		/* Once more, and with one that is in it. */
		assert_int_equal(periods_total(&p),
				 count_moments(steps, MOMENTS));
		assert_true(p.n <= MOMENTS / GAP);
		periods_release(&p);
	}
}

/* Many in any order take no more room than there are. */
static void room(void **state)
{
	struct periods p = PERIODS_INIT(1000);

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		int64_t from = (int64_t)(next_random() % 100000);

		periods_add(&p, from, from + 1);
		assert_true(p.cap <= 512);
	}
	assert_true(p.n <= 512);
	periods_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_are_exact),
		cmocka_unit_test(many_are_near),
		cmocka_unit_test(borders),
		cmocka_unit_test(nothing),
		cmocka_unit_test(unions),
		cmocka_unit_test(room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
