/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets that are picked, against a plain list of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "read/frames.h"

enum {
	N = 3000
};

static uint32_t random_of(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Of records of all sizes; never 0. */
static uint64_t place_of(uint32_t frame)
{
	return 24 + (uint64_t)frame * frame;
}

static void same(const struct frames *f, const bool want[N + 1])
{
	uint64_t n = 0;

	for (uint32_t i = 1; i <= N; i++) {
		assert_int_equal(frames_has(f, i), want[i]);
		n += want[i];
	}
	assert_int_equal(f->picked, n);
	assert_false(frames_has(f, 0));
	assert_false(frames_has(f, N + 1));
	assert_false(frames_has(f, UINT32_MAX));
}

/* The spans are all that there are, as long as they can be. */
static void same_spans(const struct frames *f, const bool want[N + 1])
{
	const struct frame_span *s = f->spans;
	bool before = false;

	assert_true(frames_are_placed(f));
	for (uint32_t i = 1; i <= N; i++) {
		if (want[i] && !before) {
			assert_int_equal(s->first, i);
			assert_int_equal(s->at, place_of(i));
		}
		before = want[i];
		if (!want[i] || (i < N && want[i + 1]))
			continue;
		assert_int_equal(s->last, i);
		assert_int_equal(s->last_at, place_of(i));
		s++;
	}
	assert_ptr_equal(s, f->spans + f->n_spans);
}

static void in_order(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (uint32_t one_in = 1; one_in < 40; one_in += 3) {
		bool want[N + 1] = { false };
		struct frames f;

		frames_init(&f, N, false);
		same(&f, want);
		for (uint32_t i = 1; i <= N; i++) {
			want[i] = random_of(&seed) % one_in == 0;
			if (want[i])
				frames_add(&f, i, place_of(i));
			if (want[i] && i % 5 == 0)
				frames_add(&f, i, place_of(i)); /* twice */
		}
		same(&f, want);
		same_spans(&f, want);
		frames_release(&f);
	}
}

/* What has no place, and what comes too late, is picked all the same. */
static void without_places(void **state)
{
	static const struct {
		uint32_t frame;
		uint64_t at;
	} odd[] = {
		{ 8, 0 },    /* none */
		{ 3, 1000 }, /* an earlier packet */
		{ 9, 700 },  /* a later one where the last one is */
		{ 9, 699 },  /* ... and before it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		bool want[N + 1] = { [5] = true, [7] = true, [10] = true };
		struct frames f;

		frames_init(&f, N, false);
		frames_add(&f, 5, 500);
		frames_add(&f, 7, 700);
		assert_true(frames_are_placed(&f));
		frames_add(&f, odd[i].frame, odd[i].at);
		frames_add(&f, 10, 1100);
		want[odd[i].frame] = true;
		same(&f, want);
		assert_false(frames_are_placed(&f));
		frames_release(&f);
	}
}

static void all_but_some(void **state)
{
	bool want[N + 1];
	struct frames f;

	(void)state;
	memset(want, true, sizeof(want));
	frames_init(&f, N, true);
	same(&f, want);
	assert_false(frames_are_placed(&f));
	for (uint32_t i = 7; i <= N; i += 7) {
		frames_drop(&f, i);
		frames_drop(&f, i);
		want[i] = false;
	}
	same(&f, want);
	assert_false(frames_are_placed(&f));
	frames_release(&f);
	frames_init(&f, N, false);
	for (uint32_t i = 1; i <= N; i++)
		frames_add(&f, i, place_of(i));
	frames_drop(&f, 1);
	assert_false(frames_are_placed(&f));
	frames_release(&f);
}

static void outside(void **state)
{
	static const uint32_t frames[] = { 0, N + 1, UINT32_MAX };
	const bool none[N + 1] = { false };
	struct frames f;

	(void)state;
	frames_init(&f, N, false);
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		frames_add(&f, frames[i], 24);
		frames_drop(&f, frames[i]);
		same(&f, none);
	}
	frames_release(&f);
	frames_init(&f, 0, true);
	assert_int_equal(f.picked, 0);
	assert_false(frames_has(&f, 1));
	frames_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(without_places),
		cmocka_unit_test(all_but_some),
		cmocka_unit_test(outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
