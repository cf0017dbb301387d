/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <csv.h>

#include "base/num.h"
#include "row/rowcsv.h"

static struct row sample(void)
{
	struct row row = {
		.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
			   ROW_HAS_IP_ID | ROW_HAS_HDR_LEN,
		.frame = 4294967295u,
		.time = 1700000000123456789,
		.src = { { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 16 },
		.dst = { { 192, 0, 2, 1 }, 4 },
		.interface = "eth0",
		.sport = 65535,
		.dport = 1,
		.stream = 7,
		.flags = 0x12,
		.seq = 4294967295u,
		.ack = 0,
		.len = 1,
		.window = 65535,
		.ip_id = 0xbeef,
		.hdr_len = 24,
		.n_options = 4,
		.options = { 0x1e, 0x03, 0xab, 0xff },
	};

	return row;
}

/* All that a row says, as the library's own text of its fields. */
static void assert_same(const struct row *a, const struct row *b)
{
	struct strbuf x = STRBUF_INIT, y = STRBUF_INIT;

	assert_int_equal(a->present, b->present);
	for (int i = 0; i < FIELD_COUNT; i++) {
		strbuf_clear(&x);
		strbuf_clear(&y);
		field_print((enum field_id)i, a, &x);
		field_print((enum field_id)i, b, &y);
		assert_string_equal(x.text, y.text);
	}
	strbuf_release(&x);
	strbuf_release(&y);
}

static int parse(struct rowcsv *csv, const char *text)
{
	const char *end = strchr(text, '\n');

	return rowcsv_line(csv, text, end);
}

static void test_back_and_forth(void **state)
{
	static const char *const names[] = { "",	  "eth0",  "a,b",
					     "say \"x\"", "\"",	   "a b",
					     "eth0",	  "\",\"", "eth1" };
	struct rowcsv csv;
	struct strbuf out = STRBUF_INIT;

	(void)state;
	rowcsv_init(&csv);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct row row = sample();

		strcpy(row.interface, names[i]);
		if (i % 2)
			row.src = (struct address){ { 192, 0, 2, 77 }, 4 };
		strbuf_clear(&out);
		rowcsv_print(&csv, &row, &out);
		assert_int_equal(parse(&csv, out.text), 0);
		assert_same(&csv.row, &row);
		assert_string_equal(csv.row.interface, names[i]);
	}
	strbuf_release(&out);
}

static void test_absent(void **state)
{
	struct row row = sample();
	struct rowcsv csv;
	struct strbuf out = STRBUF_INIT;

	(void)state;
	rowcsv_init(&csv);
	row.present &= ~(unsigned)(ROW_HAS_IP_ID | ROW_HAS_ACK);
	row.n_options = 0;
	row.hdr_len = 20;
	row.time = 5;
	rowcsv_print(&csv, &row, &out);
	assert_int_equal(parse(&csv, out.text), 0);
	assert_same(&csv.row, &row);
	strbuf_release(&out);
}

struct seen {
	char *fields[FIELD_COUNT];
	size_t n;
};

static void on_field(void *text, size_t n, void *ctx)
{
	struct seen *seen = ctx;

	(void)n;
	assert_true(seen->n < FIELD_COUNT);
	seen->fields[seen->n++] = strdup(text);
}

/* What we print is CSV for libcsv, too. */
static void test_libcsv(void **state)
{
	struct row row = sample();
	struct rowcsv csv;
	struct csv_parser parser;
	struct strbuf out = STRBUF_INIT;
	struct seen seen = { .n = 0 };

	(void)state;
	rowcsv_init(&csv);
	strcpy(row.interface, "a,\"b\"");
	rowcsv_print(&csv, &row, &out);
	assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI |
						   CSV_APPEND_NULL),
			 0);
	assert_int_equal(
		csv_parse(&parser, out.text, out.len, on_field, NULL, &seen),
		out.len);
	assert_int_equal(csv_fini(&parser, on_field, NULL, &seen), 0);
	csv_free(&parser);
	assert_int_equal(seen.n, csv.n);
	for (size_t i = 0; i < csv.n; i++) {
		if (csv.columns[i].id == FIELD_INTERFACE)
			assert_string_equal(seen.fields[i], "a,\"b\"");
		if (csv.columns[i].id == FIELD_FRAME)
			assert_string_equal(seen.fields[i], "4294967295");
		if (csv.columns[i].id == FIELD_OPTIONS)
			assert_string_equal(seen.fields[i], "1e03abff");
		free(seen.fields[i]);
	}
	strbuf_release(&out);
}

/* A line that lost, gained or changed anything is found out or still a row. */
static void test_damage(void **state)
{
	static const char *const bad[] = {
		"\n",
		",,,,,,,,,,,,,,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,,\n",
		"x,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"4294967296,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.0000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,\"a,::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,\"a\"x,::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,65536,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x10000,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,256,,,\n",
		"1,1.000000000,,::g,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,1.2.3,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,,,1,2,0,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,123,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,1g,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,256,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,x,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,65536\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,,,x\n",
		"1,1.000000000,,::a,::b,,1,2,,0x0002,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x00g2,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,,1,2,0,0x00002x,1,,0,20,,,,\n",
		"1,1.000000000,,::a,::b,0x,1,2,0,0x0002,1,,0,20,,,,\n",
	};
	struct rowcsv csv;

	(void)state;
	rowcsv_init(&csv);
	assert_int_equal(parse(&csv, "1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0"
				     ",20,,,,\n"),
			 0);
	/* Somebody may have written numbers in another way than we do. */
	assert_int_equal(parse(&csv, "1,1.000000000,,::a,::b,,1,2,0,12,1,,0,20,"
				     ",,,\n"),
			 0);
	assert_int_equal(csv.row.flags, 0x12);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse(&csv, bad[i]) == 0)
			fail_msg("taken for a row: %s", bad[i]);
}

/* An address is what it says, whatever the line before said. */
static void test_addresses(void **state)
{
	static const char *const texts[] = {
		"10.0.0.1",	 "10.0.0.1",  "10.0.0.12",    "10.0.0.1",
		"10.0.0.",	 "10.0.0.1",  "\"10.0.0.2\"", "10.0.0.1",
		"10.0.0.1x",	 "10.0.0.01", "10.0.0.1",     "fe80::1",
		"fe80::1%eth",	 "fe80::1",   "fe80::12",     "0:0:0:0:0:0:0:1",
		"::ffff:1.2.3.4"
	};
	struct rowcsv csv;

	(void)state;
	rowcsv_init(&csv);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct address want = ADDRESS_NONE;
		char line[200] = "";
		const size_t quote = texts[i][0] == '"';
		const int good = address_parse(&want, texts[i] + quote,
					       strlen(texts[i]) - 2 * quote);

		snprintf(line, sizeof(line),
			 "1,1.000000000,,%s,::b,,1,2,0,0x0002,1,,0,20,,,,\n",
			 texts[i]);
		assert_int_equal(parse(&csv, line), good);
		if (good == 0)
			assert_true(address_is_equal(&csv.row.src, &want));
	}
}

/* More of a field than there can be is no row, however much it is. */
static void test_too_long(void **state)
{
	static const char *const around[][2] = {
		{ "1,1.000000000,\"",
		  "\",::a,::b,,1,2,0,0x0002,1,,0,20,,,,\n" },
		{ "1,1.000000000,,::a", ",::b,,1,2,0,0x0002,1,,0,20,,,,\n" },
		{ "1,1.000000000,,::a,::b", ",,1,2,0,0x0002,1,,0,20,,,,\n" },
		{ "1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,", ",,\n" },
	};
	struct rowcsv csv;

	(void)state;
	rowcsv_init(&csv);
	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++)
		for (size_t n = 257; n <= 4112; n *= 2) {
			char line[4200] = "";

			strcpy(line, around[i][0]);
			memset(line + strlen(line), '1', n);
			strcat(line, around[i][1]);
			if (parse(&csv, line) == 0)
				fail_msg("taken for a row: %s", line);
		}
	/* A name of an interface is cut, though, and goes on to be known. */
	for (int again = 0; again < 2; again++) {
		char line[200] = "";

		snprintf(line, sizeof(line), "%s%0100d%s", around[0][0], 0,
			 around[0][1]);
		assert_int_equal(parse(&csv, line), 0);
		assert_int_equal(strlen(csv.row.interface),
				 ROW_INTERFACE_TEXT - 1);
	}
}

/* Options of every length; any character in any place of them. */
static void test_options(void **state)
{
	static const char begin[] =
		"1,1.000000000,,::a,::b,,1,2,0,0x0002,1,,0,20,,";
	static const char text[] = "0123456789abcdeffedcba9876543210f00f9aa9";
	enum {
		LONGEST = sizeof(text) - 1
	};
	struct rowcsv csv;
	uint8_t want[LONGEST / 2];
	char line[sizeof(begin) + LONGEST + 3];

	(void)state;
	rowcsv_init(&csv);
	for (size_t n = 0; n <= LONGEST; n += 2) {
		snprintf(line, sizeof(line), "%s%.*s,,\n", begin, (int)n, text);
		assert_int_equal(parse(&csv, line), 0);
		assert_int_equal(csv.row.n_options, n / 2);
		assert_int_equal(num_hexbytes(text, n, want, sizeof(want)),
				 (int)(n / 2));
		assert_memory_equal(csv.row.options, want, n / 2);
	}
	for (size_t i = 0; i < LONGEST; i++)
		for (int c = 1; c < 256; c++) {
			char changed[LONGEST + 1];
			int good = (c >= '0' && c <= '9') ||
				   (c >= 'a' && c <= 'f') ||
				   (c >= 'A' && c <= 'F');

			if (c == '\n')
				continue;
			memcpy(changed, text, sizeof(text));
			changed[i] = (char)c;
			snprintf(line, sizeof(line), "%s%s,,\n", begin,
				 changed);
			if ((parse(&csv, line) == 0) != good)
				fail_msg("character %d at %zu", c, i);
			if (!good)
				continue;
			assert_int_equal(num_hexbytes(changed, LONGEST, want,
						      sizeof(want)),
					 LONGEST / 2);
			assert_memory_equal(csv.row.options, want, LONGEST / 2);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_and_forth),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_libcsv),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
