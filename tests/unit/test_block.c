/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which blocks of pcapng are sound beyond doubt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_file.h"
#include "pcap/block.h"

enum {
	SECTION_HEADER = 0x0a0d0d0a,
	PACKET = 6,
	NAMES = 4,
	STATISTICS = 5,
	SECRETS = 10
};

/* Bytes between the length and the options. */
static size_t fixed_of(uint32_t type)
{
	switch (type) {
	case SECTION_HEADER: return 16;
	case PACKET: return 20;
	case STATISTICS: return 12;
	case NAMES: return 0;
	default: return 8;
	}
}

/* A block that is zeros, before this option, which says that it has n bytes. */
static bool is_sound(uint32_t type, uint16_t code, const char *value,
		     uint16_t n, bool swapped)
{
	struct file f = { .swapped = swapped }, b = { .swapped = swapped };
	bool sound = false;

	put_zeros(&b, fixed_of(type));
	put_option(&b, code, value, n);
	put_zeros(&b, 4);
	put_block(&f, type, &b);
	sound = pcap_block_is_sound(swapped, f.bytes, f.n);
	free(f.bytes);
	return sound;
}

static const char zeros[32];

/* Options of each block, and how many bytes they can have: from, to. */
static void options(void **state)
{
	static const struct {
		uint32_t type;
		uint16_t code, least, most;
	} known[] = {
		{ SECTION_HEADER, 1, 0, 20 },
		{ SECTION_HEADER, 2, 0, 20 },
		{ SECTION_HEADER, 4, 0, 20 },
		{ 1, 1, 0, 20 },
		{ 1, 2, 0, 20 },
		{ 1, 3, 0, 20 },
		{ 1, 4, 8, 8 },
		{ 1, 5, 17, 17 },
		{ 1, 6, 6, 6 },
		{ 1, 7, 8, 8 },
		{ 1, 8, 8, 8 },
		{ 1, 9, 1, 1 },
		{ 1, 10, 4, 4 },
		{ 1, 11, 1, 20 },
		{ 1, 12, 0, 20 },
		{ 1, 13, 1, 1 },
		{ 1, 14, 8, 8 },
		{ 1, 15, 0, 20 },
		{ 1, 16, 8, 8 },
		{ 1, 17, 8, 8 },
		{ STATISTICS, 2, 8, 8 },
		{ STATISTICS, 3, 8, 8 },
		{ STATISTICS, 8, 8, 8 },
		{ STATISTICS, 1, 0, 20 },
		{ PACKET, 1, 0, 20 },
		{ PACKET, 2, 4, 4 },
		{ PACKET, 3, 1, 20 },
		{ PACKET, 4, 8, 8 },
		{ PACKET, 5, 8, 8 },
		{ PACKET, 6, 4, 4 },
		{ SECRETS, 1, 0, 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		for (uint16_t n = 0; n <= 20; n++)
			for (int swapped = 0; swapped < 2; swapped++)
				if (is_sound(known[i].type, known[i].code,
					     zeros, n, swapped) !=
				    (n >= known[i].least && n <= known[i].most))
					fail_msg("block %u, option %u of %u",
						 known[i].type, known[i].code,
						 n);
}

/* Whether others are known, and to whom, depends on the version. */
static void unknown_options(void **state)
{
	static const struct {
		uint32_t type;
		uint16_t code;
	} unknown[] = {
		{ SECTION_HEADER, 5 }, { 1, 18 },     { 1, 777 },
		{ STATISTICS, 9 },     { PACKET, 7 }, { PACKET, 8 },
		{ SECRETS, 2 },	       { 1, 2988 },   { PACKET, 2989 },
		{ PACKET, 0x8001 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		assert_false(is_sound(unknown[i].type, unknown[i].code, zeros,
				      8, false));
}

/* Checksums behind packets, and filters that are no text. */
static void values(void **state)
{
	(void)state;
	assert_true(is_sound(1, 13, "\0", 1, false));
	assert_false(is_sound(1, 13, "\4", 1, false));
	assert_true(is_sound(1, 11, "\0tcp", 4, false));
	assert_false(is_sound(1, 11, "\1aaaaaaaa", 9, false));
	assert_true(is_sound(PACKET, 2, "\1\0\0\1", 4, false));
	assert_true(is_sound(PACKET, 2, "\x1f\xfe\0\0", 4, false));
	assert_false(is_sound(PACKET, 2, "\x80\0\0\0", 4, false));
	assert_true(is_sound(PACKET, 2, "\x80\0\0\0", 4, true));
	assert_false(is_sound(PACKET, 2, "\0\0\1\0", 4, true));
}

static void names(void **state)
{
	(void)state;
	assert_true(is_sound(NAMES, 1, "\xc0\0\2\1h", 6, false));
	assert_true(is_sound(NAMES, 2, "0123456789abcdefa\0b", 20, false));
	assert_false(is_sound(NAMES, 1, "\xc0\0\2\1h", 5, false));
	assert_false(is_sound(NAMES, 1, "\xc0\0\2\1", 5, false));
	assert_false(is_sound(NAMES, 2, "0123456789abcdef", 17, false));
	assert_false(is_sound(NAMES, 2, zeros, 4, false));
	assert_false(is_sound(NAMES, 3, zeros, 8, false));
	assert_false(is_sound(NAMES, 0, "", 0, false)); /* and something on */
}

/* The number of bytes that a packet, or keys, are said to have. */
static void lengths(void **state)
{
	static const struct {
		uint32_t type, n, words;
		bool sound;
	} cases[] = {
		{ SECRETS, 0, 0, true },
		{ SECRETS, 1, 1, true },
		{ SECRETS, 4, 1, true },
		{ SECRETS, 4, 2, true }, /* and an end of options */
		{ SECRETS, 5, 1, false },
		{ SECRETS, UINT32_MAX, 1, false },
		{ PACKET, 3, 1, true },
		{ PACKET, 5, 1, false },
		{ PACKET, UINT32_MAX, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct file f = { .n = 0 }, b = { .n = 0 };
		const size_t fixed = fixed_of(cases[i].type);

		put_zeros(&b, fixed - (fixed == 20 ? 8 : 4));
		put32(&b, cases[i].n);
		put_zeros(&b, (fixed == 20 ? 4 : 0) + 4 * cases[i].words);
		put_block(&f, cases[i].type, &b);
		assert_int_equal(pcap_block_is_sound(false, f.bytes, f.n),
				 cases[i].sound);
		/* The length at the end is another one. */
		f.bytes[f.n - 4]++;
		assert_false(pcap_block_is_sound(false, f.bytes, f.n));
		free(f.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options), cmocka_unit_test(unknown_options),
		cmocka_unit_test(values),  cmocka_unit_test(names),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
