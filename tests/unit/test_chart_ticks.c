/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_ticks.c - ticks of axes and their labels (chart/ticks.h).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart/textfit.h"
#include "chart/ticks.h"

static uint64_t random_state;

static double random_unit(void)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 33) / 0x1p31;
}

struct axis {
	struct chart_axis axis;
	struct scale scale;
	struct ticks ticks;
};

static struct axis make(struct chart_axis axis, double from, double to,
			double px, int vertical)
{
	struct axis a = { .axis = axis,
			  .scale = { .from = from,
				     .to = to,
				     .at = vertical ? px : 0,
				     .at_end = vertical ? 0 : px,
				     .log = scale_is_log(&axis) } };
	struct ticks_room room = { .size = 12, .vertical = vertical };

	ticks_make(&a.ticks, &axis, &a.scale, &room);
	return a;
}

static size_t majors(const struct axis *a)
{
	size_t n = 0;

	while (n < a->ticks.n && a->ticks.items[n].label[0])
		n++;
	return n;
}

/* The labels in a row, and what the multiple is called. */
static void expect(struct chart_axis axis, double from, double to, double px,
		   const char *labels, const char *symbol)
{
	struct axis a = make(axis, from, to, px, 0);
	char text[1024] = "";

	for (size_t i = 0; i < majors(&a); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " " : "", a.ticks.items[i].label);
	assert_string_equal(text, labels);
	assert_string_equal(a.ticks.symbol, symbol);
	ticks_release(&a.ticks);
}

#define UNIT(u) ((struct chart_axis){ .unit = (u) })
#define LOG(u) ((struct chart_axis){ .unit = (u), .log = 1 })

static void test_units(void **state)
{
	(void)state;
	expect(UNIT(CHART_SECONDS), 0, 10, 800, "0 1 2 3 4 5 6 7 8 9 10", "s");
	expect(UNIT(CHART_SECONDS), 0, 10, 400, "0 2 4 6 8 10", "s");
	expect(UNIT(CHART_SECONDS), 0, 0.25, 400, "0 50 100 150 200 250", "ms");
	expect(UNIT(CHART_SECONDS), 0, 5e-5, 400, "0 10 20 30 40 50",
	       "\xc2\xb5s");
	expect(UNIT(CHART_MILLISECONDS), 0, 60000, 200, "0 20 40 60", "s");
	expect(UNIT(CHART_BYTES), 0, 6e6, 400, "0 1 2 3 4 5 6", "MB");
	expect(UNIT(CHART_BYTES), 0, 2e6, 400, "0.0 0.5 1.0 1.5 2.0", "MB");
	expect(UNIT(CHART_BYTES_BINARY), 0, 2097152, 400, "0.0 0.5 1.0 1.5 2.0",
	       "MiB");
	expect(UNIT(CHART_BITRATE), 0, 4e7, 400, "0 10 20 30 40", "Mbit/s");
	expect(UNIT(CHART_COUNT), 0, 400, 400, "0 100 200 300 400", "");
	expect(UNIT(CHART_COUNT), 0, 4e6, 400, "0 1 2 3 4", "millions");
	expect(UNIT(CHART_COUNT), 0, 400, 11, "", ""); /* no room for one */
	expect(UNIT(CHART_RATIO), 0, 1, 400, "0.0 0.2 0.4 0.6 0.8 1.0", "");
	expect(UNIT(CHART_PERCENT), -50, 50, 200,
	       "\xe2\x88\x92"
	       "50 0 50",
	       "%");
	expect(UNIT(CHART_COUNT), 0, 4e20, 400,
	       "0 1\xc3\x97"
	       "10\xc2\xb2\xe2\x81\xb0 "
	       "2\xc3\x97"
	       "10\xc2\xb2\xe2\x81\xb0 "
	       "3\xc3\x97"
	       "10\xc2\xb2\xe2\x81\xb0 "
	       "4\xc3\x97"
	       "10\xc2\xb2\xe2\x81\xb0",
	       "");
}

static void test_log(void **state)
{
	(void)state;
	expect(LOG(CHART_MILLISECONDS), 1, 100, 400, "1 2 5 10 20 50 100",
	       "ms");
	expect(LOG(CHART_MILLISECONDS), 0.1, 1000, 300, "0.1 1 10 100 1000",
	       "ms");
	expect(LOG(CHART_COUNT), 1, 1e6, 300,
	       "10\xe2\x81\xb0 10\xc2\xb9 10\xc2\xb2 10\xc2\xb3 "
	       "10\xe2\x81\xb4 10\xe2\x81\xb5 10\xe2\x81\xb6",
	       "");
	/* Less than a decade: as a linear axis. */
	expect(LOG(CHART_MILLISECONDS), 20, 50, 300, "20 30 40 50", "ms");
}

static void test_clock(void **state)
{
	/* 2024-05-01 11:59:55.123456789 */
	struct chart_axis axis = { .unit = CHART_CLOCK,
				   .epoch_ns = 1714564795123456789 };

	(void)state;
	expect(axis, 0, 10, 400, "11:59:56 11:59:58 12:00:00 12:00:02 12:00:04",
	       "");
	expect(axis, 0, 600, 400, "12:00 12:02 12:04 12:06 12:08", "");
	expect(axis, 0, 7200, 400, "12:00 12:30 13:00 13:30", "");
	expect(axis, 0, 0.0021, 400, "11:59:55.124 11:59:55.125", "");
	expect(axis, 0, 86400 * 3, 700,
	       "05-01 12:00 05-02 00:00 05-02 12:00 05-03 00:00 05-03 12:00 "
	       "05-04 00:00",
	       "");
	expect(axis, 0, 86400 * 9, 600,
	       "2024-05-03 2024-05-05 2024-05-07 2024-05-09", "");
}

static void test_raw(void **state)
{
	struct chart_axis axis = { .unit = CHART_RAW64,
				   .origin = 18446744073709551615u - 250 };

	(void)state;
	/* Beyond the end of 64 bits it goes on from 0. */
	expect(axis, 0, 280, 600,
	       "18446744073709551400 18446744073709551500 "
	       "18446744073709551600",
	       "");
	axis.origin = 12345678901234567890u;
	expect(axis, 0, 25, 600,
	       "12345678901234567890 12345678901234567900"
	       " 12345678901234567910",
	       "");
	axis.unit = CHART_RAW32;
	axis.origin = 4294967266u;
	expect(axis, 0, 65, 600, "4294967280 4 24", "");
}

/* Neighbouring labels neither overlap nor are equal. */
static void check_labels(const struct axis *a, int vertical)
{
	for (size_t i = 1; i < majors(a); i++) {
		const struct tick *t = &a->ticks.items[i];
		double d = fabs(scale_pixel(&a->scale, t->value) -
				scale_pixel(&a->scale, t[-1].value));
		double w = (text_width(t->label, 12, 0) +
			    text_width(t[-1].label, 12, 0)) /
			   2;

		assert_true(t->value > t[-1].value);
		assert_true(d > (vertical ? 12 : w));
		assert_string_not_equal(t->label, t[-1].label);
	}
}

static void check_within(const struct axis *a)
{
	for (size_t i = 0; i < a->ticks.n; i++) {
		assert_true(a->ticks.items[i].value >= a->scale.from);
		assert_true(a->ticks.items[i].value <= a->scale.to);
	}
}

/* Steps are equal, 1, 2 or 5, and no tick is missing at the ends. */
static void check_steps(const struct axis *a)
{
	const struct tick *t = a->ticks.items;
	double factor = unit_pick(a->axis.unit,
				  fmax(fabs(a->scale.from), fabs(a->scale.to)))
				->factor;
	size_t n = majors(a);
	double step, m;

	if (n < 2)
		return;
	step = (t[n - 1].value - t[0].value) / (double)(n - 1);
	for (size_t i = 1; i < n; i++)
		assert_true(fabs(t[i].value - t[i - 1].value - step) <
			    1e-3 * step);
	assert_true(t[0].value - step < a->scale.from + 1e-3 * step);
	assert_true(t[n - 1].value + step > a->scale.to - 1e-3 * step);
	m = log10(step / factor);
	m = pow(10, m - floor(m + 1e-6));
	assert_true(fabs(m - 1) < 1e-3 || fabs(m - 2) < 2e-3 ||
		    fabs(m - 5) < 5e-3);
}

static void test_linear_random(void **state)
{
	(void)state;
	random_state = 1;
	for (int i = 0; i < 20000; i++) {
		enum chart_unit unit =
			(enum chart_unit)(random_unit() * CHART_CLOCK);
		double span = pow(10, random_unit() * 24 - 9);
		double from = (random_unit() - 0.5) * span *
			      pow(10, random_unit() * 6 - 2);
		int vertical = random_unit() < 0.5;
		double px = 60 + random_unit() * 2000;
		struct axis a =
			make(UNIT(unit), from, from + span, px, vertical);

		check_labels(&a, vertical);
		check_within(&a);
		check_steps(&a);
		if (px > 400)
			assert_true(majors(&a) >= 2);
		ticks_release(&a.ticks);
	}
}

static void test_log_random(void **state)
{
	(void)state;
	random_state = 2;
	for (int i = 0; i < 5000; i++) {
		double from = pow(10, random_unit() * 24 - 12);
		double to = from * pow(10, 0.01 + random_unit() * 20);
		int vertical = random_unit() < 0.5;
		struct axis a = make(LOG(CHART_MILLISECONDS), from, to,
				     100 + random_unit() * 2000, vertical);

		check_labels(&a, vertical);
		check_within(&a);
		ticks_release(&a.ticks);
	}
}

static void test_clock_random(void **state)
{
	(void)state;
	random_state = 3;
	for (int i = 0; i < 5000; i++) {
		struct chart_axis axis = {
			.unit = CHART_CLOCK,
			.epoch_ns = (int64_t)((random_unit() - 0.2) * 2e18)
		};
		double span = pow(10, random_unit() * 16 - 8);
		double from = (random_unit() - 0.5) * fmin(span, 1e6);
		struct axis a = make(axis, from, from + span,
				     200 + random_unit() * 2000, 0);

		check_labels(&a, 0);
		check_within(&a);
		ticks_release(&a.ticks);
	}
}

static void test_raw_random(void **state)
{
	(void)state;
	random_state = 4;
	for (int i = 0; i < 5000; i++) {
		struct chart_axis axis = { .unit = CHART_RAW64 };
		double from, span;
		struct axis a;

		random_unit();
		axis.origin = random_state;
		span = 10 + floor(pow(10, random_unit() * 15));
		from = floor((random_unit() - 0.5) * span);
		a = make(axis, from, from + span, 150, 1);
		check_labels(&a, 1);
		check_within(&a);
		for (size_t k = 0; k < majors(&a); k++) {
			const struct tick *t = &a.ticks.items[k];

			assert_true(strtoull(t->label, NULL, 10) ==
				    axis.origin + (uint64_t)(int64_t)t->value);
		}
		ticks_release(&a.ticks);
	}
}

static void test_titles(void **state)
{
	struct chart_axis axis = { .title = (char *)"Time" };
	char *text = unit_title(&axis, "s", 0);

	(void)state;
	assert_string_equal(text, "Time (s)");
	free(text);
	axis.unit = CHART_CLOCK;
	axis.epoch_ns = -1;
	text = unit_title(&axis, "", 0);
	assert_string_equal(text, "Time (UTC, 1969-12-31)");
	free(text);
	axis.epoch_ns = INT64_MAX - 5; /* no sums beyond 64 bits */
	assert_true(unit_clock_ns(&axis, 4e-9) == INT64_MAX - 1);
	assert_true(unit_clock_ns(&axis, 6e-9) == INT64_MAX);
	axis.epoch_ns = INT64_MIN + 5;
	assert_true(unit_clock_ns(&axis, -4e-9) == INT64_MIN + 1);
	assert_true(unit_clock_ns(&axis, -6e-9) == INT64_MIN);
	axis.title = NULL;
	axis.unit = CHART_BYTES;
	text = unit_title(&axis, "MB", 0);
	assert_string_equal(text, "MB");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_linear_random),
		cmocka_unit_test(test_log_random),
		cmocka_unit_test(test_clock_random),
		cmocka_unit_test(test_raw_random),
		cmocka_unit_test(test_titles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
