/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files whose records make no sense, or are not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_file.h"

static void no_capture(void **state)
{
	static const uint32_t others[] = { 0, 0xa1b2cd34, 0xa1b2c3d5,
					   0x4d3cb2a0, 0xd4c3b2a0 };
	struct seen s;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct file f = { .n = 0 };

		put_header(&f, others[i], RAW, 65535);
		assert_string_equal(walk_once(&s, &f), "?");
	}
}

/* The steps of two packets, with n bytes at "at" set to "value". */
static const char *with(bool ng, size_t at, uint32_t value, size_t n)
{
	static struct seen s;
	struct file f = { .n = 0 };

	if (ng) {
		put_section(&f);
		put_interface(&f, RAW, NULL);
		put_packet(&f, 0, 0, 8, NULL);
		put_packet(&f, 0, 0, 0, NULL);
	} else {
		put_header(&f, us, RAW, 65535);
		put_record(&f, 0, 0, 8);
		put_record(&f, 0, 0, 0);
	}
	assert_true(at + n <= f.n);
	memcpy(f.bytes + at, &value, n);
	return walk_once(&s, &f);
}

static void damaged_pcap(void **state)
{
	(void)state;
	assert_string_equal(with(false, 4, 2, 2), "SPP.");
	assert_string_equal(with(false, 4, 1, 2), "~");
	assert_string_equal(with(false, 6, 3, 2), "~");
	assert_string_equal(with(false, 6, 5, 2), "~");
	assert_string_equal(with(false, 20, 0x10000 | RAW, 4), "~");
	assert_string_equal(with(false, 20, 0xf4000001, 4), "~");
	assert_string_equal(with(false, 24 + 8, UINT32_MAX, 4), "S!");
	assert_string_equal(with(false, 24 + 8, 262145, 4), "S!");
	assert_string_equal(with(false, 24 + 8, 262144, 4), "S~");
	assert_string_equal(with(false, 24 + 8, 24, 4), "SP.");
	assert_string_equal(with(false, 24 + 8, 9, 4), "SP~");
}

static void damaged_pcapng(void **state)
{
	const size_t interface = SECTION, packet = interface + INTERFACE,
		     next = packet + BLOCK + 8;

	(void)state;
	assert_string_equal(with(true, 8, 0x1a2b3c4d, 4), "SIPP.");
	assert_string_equal(with(true, 8, 0x1a2b3c4e, 4), "~");
	assert_string_equal(with(true, 12, 2, 2), "~");
	assert_string_equal(with(true, 14, 1, 2), "~");
	assert_string_equal(with(true, 14, 2, 2), "SIPP.");
	assert_string_equal(with(true, 4, 24, 4), "!");
	assert_string_equal(with(true, 4, 30, 4), "~");
	/* Lengths, at the begin and at the end. */
	assert_string_equal(with(true, SECTION - 4, 27, 4), "~");
	assert_string_equal(with(true, interface + 4, 8, 4), "S!");
	assert_string_equal(with(true, interface + 4, 0, 4), "S!");
	assert_string_equal(with(true, interface + 4, 21, 4), "S~");
	assert_string_equal(with(true, interface + 4, 24, 4), "S!");
	assert_string_equal(with(true, interface + 4, 0xfffffffc, 4), "S~");
	assert_string_equal(with(true, interface + 4, 1 << 20, 4), "S~");
	assert_string_equal(with(true, interface + 4, (1 << 20) + 4, 4), "S~");
	assert_string_equal(with(true, packet - 4, 24, 4), "S!");
	assert_string_equal(with(true, packet - 4, 19, 4), "S~");
	assert_string_equal(with(true, packet - 4, 16, 4), "S!");
	/* An interface that is not there. */
	assert_string_equal(with(true, packet + 8, 1, 4), "SI!");
	assert_string_equal(with(true, packet + 8, UINT32_MAX, 4), "SI!");
	/* More bytes than the block has. */
	assert_string_equal(with(true, packet + 20, 9, 4), "SI!");
	assert_string_equal(with(true, packet + 20, UINT32_MAX, 4), "SI!");
	assert_string_equal(with(true, packet + 20, 262145, 4), "SI!");
	/* Fewer: options of kind 0x0100, and of 0x0504. */
	assert_string_equal(with(true, packet + 20, 0, 4), "SI~");
	assert_string_equal(with(true, next + 20, 1, 4), "SIP!");
	/* Of a kind that is not known; a section in place of it. */
	assert_string_equal(with(true, interface, 0x0bad, 4), "S~");
	assert_string_equal(with(true, interface, 0x0a0d0d0a, 4), "S~");
}

/* Large enough for what such a block has; and those that are not known. */
static void small_blocks(void **state)
{
	static const struct {
		uint32_t type;
		size_t words;
		const char *steps;
	} cases[] = {
		{ 1, 1, "SI~" },   { 1, 0, "SI~" },  { 1, 2, "SII." },
		{ 2, 1, "SI~" },   { 2, 20, "SI~" }, { 3, 1, "SI~" },
		{ 3, 20, "SI~" },  { 6, 4, "SI~" },  { 6, 0, "SI~" },
		{ 6, 5, "SIP." },  { 4, 0, "SI~" },  { 4, 1, "SIN." },
		{ 5, 2, "SI~" },   { 5, 3, "SIN." }, { 10, 1, "SI~" },
		{ 10, 2, "SIN." }, { 0, 0, "SI~" },  { 7, 0, "SI~" },
		{ 9, 3, "SI~" },   { 11, 3, "SI~" }, { 0x80000001, 2, "SI~" },
	};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct file f = { .n = 0 };

		put_section(&f);
		put_interface(&f, RAW, NULL);
		put_words(&f, cases[i].type, cases[i].words);
		walk_once(&s, &f);
		if (strcmp(s.steps, cases[i].steps) != 0)
			fail_msg("case %zu: %s", i, s.steps);
	}
}

/* One option as these bytes, in an interface or in a packet. */
static const char *with_options(bool packet, const char *bytes, size_t n)
{
	static struct seen s;
	struct file f = { .n = 0 }, o = { .n = 0 };

	put(&o, bytes, n);
	put_section(&f);
	put_interface(&f, RAW, packet ? NULL : &o);
	put_packet(&f, 0, 0, 5, packet ? &o : NULL);
	return walk_once(&s, &f);
}

static void options(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool well;
	} cases[] = {
		{ "", 0, true },
		{ "\0\0\0\0", 4, true },
		{ "\1\0\1\0a\0\0\0", 8, true },
		{ "\1\0\1\0a\0\0\0\0\0\0\0", 12, true },
		{ "\1\0\4\0abcd", 8, true },
		{ "\1\0\0\0", 4, true },
		{ "\1\0\5\0abcd", 8, false },
		{ "\1\0\xff\xff"
		  "abcd",
		  8, false },
		{ "\1\0\1\0", 4, false },
		{ "\0\0\1\0a\0\0\0", 8, false },  /* an end with a length */
		{ "\0\0\0\0\1\0\0\0", 8, false }, /* and one before the end */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *bytes = cases[i].bytes;
		const bool well = cases[i].well;

		assert_string_equal(with_options(false, bytes, cases[i].n),
				    well ? "SIP." : "S~");
		assert_string_equal(with_options(true, bytes, cases[i].n),
				    well ? "SIP." : "SI~");
	}
}

static void many_interfaces(void **state)
{
	struct file f = { .n = 0 };
	struct pcap_walk w;
	struct pcap_record r;
	enum pcap_step step = PCAP_RECORD;
	int fd = -1, interfaces = -1;

	(void)state;
	put_section(&f);
	for (int i = 0; i < 65537; i++)
		put_interface(&f, RAW, NULL);
	fd = file_with(f.bytes, f.n);
	assert_int_equal(pcap_walk_open(&w, fd, 0), 0);
	while ((step = pcap_walk_next(&w, &r)) == PCAP_RECORD)
		interfaces++;
	assert_int_equal(step, PCAP_UNKNOWN);
	assert_int_equal(interfaces, 65536);
	pcap_walk_close(&w);
	close(fd);
	free(f.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_capture),
		cmocka_unit_test(damaged_pcap),
		cmocka_unit_test(damaged_pcapng),
		cmocka_unit_test(small_blocks),
		cmocka_unit_test(options),
		cmocka_unit_test(many_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
