/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places come out as they were put in, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cache/places.h"

enum {
	MANY = 20000
};

static uint64_t random_of(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Steps of all sizes, as long as there is room for them; at least 1. */
static uint64_t step(uint64_t *seed, uint64_t room)
{
	const uint64_t bits = 1 + random_of(seed) % 24;
	const uint64_t v = 1 + random_of(seed) % (UINT64_C(1) << bits);

	return v < room ? v : room;
}

static void random_ones(void **state)
{
	static struct packet_place places[MANY];
	uint64_t seed = 88172645463325252;
	struct strbuf out = STRBUF_INIT;
	struct packet_place last = { .frame = 0 };
	const uint8_t *p = NULL, *end = NULL;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		places[i].frame =
			last.frame + (uint32_t)(1 + random_of(&seed) % 9999);
		places[i].at = last.at + step(&seed, UINT32_MAX);
		places_put(&out, &last, &places[i]);
		assert_memory_equal(&last.at, &places[i].at, 8);
	}
	p = (const uint8_t *)out.text;
	end = p + out.len;
	last = (struct packet_place){ .frame = 0 };
	for (size_t i = 0; i < MANY; i++) {
		p = places_next(p, end, &last);
		assert_non_null(p);
		assert_int_equal(last.frame, places[i].frame);
		assert_int_equal(last.at, places[i].at);
	}
	assert_ptr_equal(p, end);
	assert_null(places_next(p, end, &last));
	strbuf_release(&out);
}

static void the_largest(void **state)
{
	const struct packet_place most = { UINT32_MAX, INT64_MAX };
	struct strbuf out = STRBUF_INIT;
	struct packet_place last = { .frame = 0 };
	const uint8_t *p = NULL;

	(void)state;
	places_put(&out, &last, &most);
	p = (const uint8_t *)out.text;
	last = (struct packet_place){ .frame = 0 };
	assert_ptr_equal(places_next(p, p + out.len, &last), p + out.len);
	assert_int_equal(last.frame, UINT32_MAX);
	assert_int_equal(last.at, INT64_MAX);
	/* There are none behind it. */
	assert_null(places_next((const uint8_t *)"\1\1",
				(const uint8_t *)"\1\1" + 2, &last));
	strbuf_release(&out);
}

static void those_that_are_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{ "", 0 },
		{ "\1", 1 },
		{ "\0\1", 2 },			 /* the same number */
		{ "\1\0", 2 },			 /* the same offset */
		{ "\x81\x81", 2 },		 /* no end */
		{ "\1\xff\xff\xff", 4 },	 /* the same */
		{ "\x80\x80\x80\x80\x10\1", 6 }, /* 2^32 */
		{ "\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 11 }, /* 2^64-1 */
		{ "\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\1", 11 }, /* 2^63 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		/* Of its own length: ASan sees what is read behind it. */
		uint8_t *copy = malloc(bad[i].n + 1);
		struct packet_place place = { .frame = 0 };

		assert_non_null(copy);
		memcpy(copy, bad[i].bytes, bad[i].n);
		if (places_next(copy, copy + bad[i].n, &place))
			fail_msg("taken for a place: %zu", i);
		assert_int_equal(place.frame, 0);
		free(copy);
	}
}

/* Any bytes come to an end, and to places that ascend and are in bounds. */
static void hostile_bytes(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t round = 0; round < MANY; round++) {
		const size_t n = random_of(&seed) % 64;
		uint8_t *bytes = malloc(n ? n : 1);
		const uint8_t *p = bytes;
		struct packet_place place = { .frame = 0 }, last = place;

		assert_non_null(bytes);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(random_of(&seed) |
					     (round % 2 ? 0x80 : 0));
		while ((p = places_next(p, bytes + n, &place))) {
			assert_true(p <= bytes + n);
			assert_true(place.frame > last.frame);
			assert_true(place.at > last.at);
			assert_true(place.at <= INT64_MAX);
			last = place;
		}
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_ones),
		cmocka_unit_test(the_largest),
		cmocka_unit_test(those_that_are_none),
		cmocka_unit_test(hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
