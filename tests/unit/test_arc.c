/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arcs against what every pair of them says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/arc.h"

enum {
	ROUNDS = 3000,
	MOST = 24
};

static size_t root(const size_t *parent, size_t i)
{
	while (parent[i] != i)
		i = parent[i];
	return i;
}

static void unite(size_t *parent, size_t a, size_t b)
{
	parent[root(parent, a)] = root(parent, b);
}

static void link_pair(void *ctx, const struct arc *a, const struct arc *b)
{
	unite(ctx, a->owner, b->owner);
}

/* Whether "x" lies within "a" or less than 2^31 behind it, number by number
   where there are few and by what the words say. */
static int reaches(const struct arc *a, uint64_t x)
{
	__extension__ typedef unsigned __int128 wide;
	wide width = (uint64_t)(a->to - a->from), to = (uint64_t)(x - a->from);

	return to < width + ((uint64_t)1 << 31);
}

static uint64_t random_place(void)
{
	/* In few places, so that there are neighbours. */
	uint64_t place = (uint64_t)(rand() % 16) << 60;

	return place + ((uint64_t)(rand() % 8) << 29) - ((uint64_t)1 << 31) +
	       (uint64_t)(rand() % 3) - 1;
}

static void classes(void **state)
{
	(void)state;
	srand(4);
	for (int round = 0; round < ROUNDS; round++) {
		struct arc all[MOST];
		struct arcs arcs = { .items = NULL };
		size_t by_links[MOST], by_pairs[MOST];
		size_t n = 1 + (size_t)rand() % MOST;

		for (size_t i = 0; i < n; i++) {
			uint64_t from = random_place();
			uint64_t width = rand() % 9 ? 1 + (uint64_t)rand()
						    : (uint64_t)rand() << 32;

			all[i] = (struct arc){ from, from + width + 1, i, 0 };
			by_links[i] = by_pairs[i] = i;
			arcs_add(&arcs, &all[i]);
		}
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n; k++)
				if (reaches(&all[i], all[k].from))
					unite(by_pairs, i, k);
		arcs_link(&arcs, link_pair, by_links);
		arcs_release(&arcs);
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n; k++)
				assert_int_equal(
					root(by_links, i) == root(by_links, k),
					root(by_pairs, i) == root(by_pairs, k));
	}
}

static void widening(void **state)
{
	struct arc arc = { 0, 0, 0, 0 };

	(void)state;
	arc_widen(&arc, UINT64_MAX - 5, 10);
	assert_int_equal(arc_width(&arc), 16);
	arc_widen(&arc, UINT64_MAX - 9, UINT64_MAX);
	arc_widen(&arc, 3, 20);
	arc_widen(&arc, 0, 1);
	assert_true(arc.from == UINT64_MAX - 9 && arc.to == 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
		cmocka_unit_test(widening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
