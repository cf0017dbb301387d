/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_rangemap.c - claims of ranges (model/rangemap.h).
 *
 * The map is compared with an array that has one element per number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/rangemap.h"

enum {
	FREE = -1,
	LINE = 20000
};

/* The array: who has the number i + offset. */
struct line {
	int64_t offset;
	size_t n;
	int64_t owner[LINE];
	struct rangemap_place near; /* wherever the last claim was */
};

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u +
		       1442695040888963407u;
	return (uint32_t)((random_state >> 33) % n);
}

static struct line *line_new(int64_t offset, size_t n)
{
	struct line *l = malloc(sizeof(*l));

	assert_non_null(l);
	l->offset = offset;
	l->near = (struct rangemap_place){ 0, 0 };
	l->n = n;
	for (size_t i = 0; i < n; i++)
		l->owner[i] = FREE;
	return l;
}

/* Checks the pieces of one claim while they are reported. */
struct check {
	const struct line *line;
	int64_t at, to;
	size_t pieces;
};

static void on_piece(void *ctx, int64_t from, int64_t to, const uint32_t *owner)
{
	struct check *c = ctx;
	int64_t who = owner ? (int64_t)*owner : FREE;

	assert_true(from == c->at);
	assert_true(from < to && to <= c->to);
	for (int64_t i = from; i < to; i++)
		assert_true(c->line->owner[i - c->line->offset] == who);
	c->at = to;
	c->pieces++;
}

/* "from" and "to" are positions in the array. */
static void claim(struct rangemap *m, struct line *l, size_t from, size_t to,
		  uint32_t value)
{
	struct check c = { .line = l,
			   .at = (int64_t)from + l->offset,
			   .to = (int64_t)to + l->offset };
	struct check again = c, near = c;

	rangemap_look(m, c.at, c.to, on_piece, &again);
	assert_true(again.at == again.to);
	rangemap_look_near(m, &l->near, c.at, c.to, on_piece, &near);
	assert_true(near.at == near.to);
	assert_int_equal(again.pieces, near.pieces);
	rangemap_claim(m, c.at, c.to, value, on_piece, &c);
	assert_true(c.at == c.to);
	assert_int_equal(c.pieces, again.pieces);
	for (size_t i = from; i < to; i++)
		if (l->owner[i] == FREE)
			l->owner[i] = value;
}

struct walk {
	const struct line *line;
	int64_t at; /* all below is compared */
	int64_t last;
	int64_t last_to;
	size_t ranges;
};

static void on_range(void *ctx, const struct range *r)
{
	struct walk *w = ctx;

	assert_true(r->from >= w->at && r->from < r->to);
	/* Neighbours of one value are one range. */
	assert_false(w->ranges > 0 && r->from == w->last_to &&
		     w->last == r->value);
	for (; w->at < r->from; w->at++)
		assert_true(w->line->owner[w->at - w->line->offset] == FREE);
	for (; w->at < r->to; w->at++)
		assert_true(w->line->owner[w->at - w->line->offset] ==
			    r->value);
	w->last = r->value;
	w->last_to = r->to;
	w->ranges++;
}

static size_t compare(const struct rangemap *m, const struct line *l)
{
	struct walk w = { .line = l, .at = l->offset };

	rangemap_each(m, on_range, &w);
	for (; w.at < l->offset + (int64_t)l->n; w.at++)
		assert_true(l->owner[w.at - l->offset] == FREE);
	return w.ranges;
}

static void random_claims(uint64_t seed, int64_t offset, size_t n,
			  uint32_t longest, uint32_t values, int claims)
{
	struct line *l = line_new(offset, n);
	struct rangemap m = { 0 };

	random_state = seed;
	for (int i = 0; i < claims; i++) {
		size_t from = random_below((uint32_t)n);
		size_t to = from + 1 + random_below(longest);

		claim(&m, l, from, to < n ? to : n, random_below(values));
		if (i % 64 == 0)
			compare(&m, l);
	}
	compare(&m, l);
	rangemap_release(&m);
	free(l);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++)
		random_claims(seed, 0, 200, 30, 3, 100);
	for (uint64_t seed = 1; seed <= 20; seed++)
		random_claims(seed, -1000, 3000, 40, 1000, 600);
	random_claims(9, 0, LINE, 3, 1000000, 8000);
	random_claims(10, -LINE / 2, LINE, 5, 2, 8000);
	random_claims(11, 0, LINE, 2000, 1000000, 3000);
}

static void test_huge_numbers(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		random_claims(seed, INT64_MAX - 500, 500, 20, 5, 200);
		random_claims(seed, INT64_MIN, 500, 20, 5, 200);
		random_claims(seed, (int64_t)1 << 32, 500, 20, 5, 200);
	}
}

struct sum {
	uint64_t free, taken;
};

static void add_up(void *ctx, int64_t from, int64_t to, const uint32_t *owner)
{
	struct sum *s = ctx;
	uint64_t n = (uint64_t)to - (uint64_t)from;

	assert_true(from < to);
	if (owner)
		s->taken += n;
	else
		s->free += n;
}

static void test_whole_line(void **state)
{
	struct rangemap m = { 0 };
	struct sum s = { 0 };

	(void)state;
	rangemap_claim(&m, -5, 5, RANGEMAP_NOBODY - 1, add_up, &s);
	assert_true(s.free == 10 && s.taken == 0);
	s = (struct sum){ 0 };
	rangemap_claim(&m, INT64_MIN, INT64_MAX, 0, add_up, &s);
	assert_true(s.taken == 10 && s.free == UINT64_MAX - 10);
	s = (struct sum){ 0 };
	rangemap_look(&m, INT64_MIN, INT64_MAX, add_up, &s);
	assert_true(s.taken == UINT64_MAX && s.free == 0);
	rangemap_release(&m);
}

/* One number in two is claimed: no two ranges can join. */
static void isolated(const size_t *order, size_t n)
{
	struct line *l = line_new(0, 2 * n);
	struct rangemap m = { 0 };

	for (size_t i = 0; i < n; i++)
		claim(&m, l, 2 * order[i], 2 * order[i] + 1, 7);
	assert_int_equal(compare(&m, l), n);
	/* A claim across all of them fills the gaps and is reported whole. */
	claim(&m, l, 1, 2 * n - 1, 8);
	assert_int_equal(compare(&m, l), 2 * n - 1);
	claim(&m, l, 0, 2 * n, 9);
	compare(&m, l);
	rangemap_release(&m);
	free(l);
}

static void test_many_ranges(void **state)
{
	static const size_t counts[] = { 1,   127, 128, 129,  255,  256,
					 257, 511, 513, 1025, 4000, LINE / 2 };

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(*counts); k++) {
		size_t n = counts[k], *order = calloc(n, sizeof(*order));

		assert_non_null(order);
		for (size_t i = 0; i < n; i++)
			order[i] = i;
		isolated(order, n);
		for (size_t i = 0; i < n; i++)
			order[i] = n - 1 - i;
		isolated(order, n);
		random_state = k + 1;
		for (size_t i = n; i > 1; i--) {
			size_t j = random_below((uint32_t)i), o = order[j];

			order[j] = order[i - 1];
			order[i - 1] = o;
		}
		isolated(order, n);
		free(order);
	}
}

static void test_neighbours_join(void **state)
{
	struct line *l = line_new(0, 6000);
	struct rangemap m = { 0 };

	(void)state;
	for (size_t i = 0; i < 6000; i++)
		claim(&m, l, i, i + 1, 3);
	assert_int_equal(compare(&m, l), 1);
	rangemap_release(&m);
	/* The other way round, and with gaps that are filled later. */
	memset(&m, 0, sizeof(m));
	free(l);
	l = line_new(0, 6000);
	for (size_t i = 6000; i > 0; i -= 2)
		claim(&m, l, i - 1, i, 3);
	assert_int_equal(compare(&m, l), 3000);
	for (size_t i = 0; i < 6000; i += 2)
		claim(&m, l, i, i + 1, 3);
	assert_int_equal(compare(&m, l), 1);
	rangemap_release(&m);
	free(l);
}

static void test_nothing(void **state)
{
	struct rangemap m = { 0 };
	struct sum s = { 0 };

	(void)state;
	rangemap_look(&m, 0, 10, add_up, &s);
	assert_true(s.free == 10 && s.taken == 0);
	rangemap_claim(&m, 5, 5, 1, add_up, &s);
	assert_true(s.free == 10 && s.taken == 0);
	rangemap_claim(&m, 1, 2, 1, NULL, NULL);
	rangemap_look(&m, 0, 3, add_up, &s);
	assert_true(s.free == 12 && s.taken == 1);
	rangemap_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_huge_numbers),
		cmocka_unit_test(test_whole_line),
		cmocka_unit_test(test_many_ranges),
		cmocka_unit_test(test_neighbours_join),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
