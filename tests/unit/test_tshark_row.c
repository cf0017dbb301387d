/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of "tshark -T tabs" become rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/tshark_row.h"

#define NEW TSHARK_VERSION(4, 4, 0)
#define OLD TSHARK_VERSION(4, 0, 0) /* has columns that complete options */

static enum row_kind parse_all(unsigned version, const char *line,
				      struct row *row)
{
	struct tshark_layout layout;

	tshark_layout_init(&layout, version);
	return tshark_row_parse(&layout, line, strlen(line), row);
}

/* A line without TTL, packet type, ICMP and captured length, which stand at its end. */
static enum row_kind parse(unsigned version, const char *line,
				  struct row *row)
{
	char all[600];

	snprintf(all, sizeof(all), "%s\t\t\t\t\t%s", line,
		 version == OLD ? "\t\t\t\t\t\t\t\t" : "");
	return parse_all(version, all, row);
}

#define ADDRESSES "any\t10.0.0.1\t10.0.0.2\t0x18de\t"
#define PORTS "59482\t5201\t3\t0x0012\t4294967295\t7\t100\t"

static void tcp_packet(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(
		parse(NEW, "2\t1.5\t" ADDRESSES PORTS "24\t512\t02:04:05:b4",
		      &row),
		ROW_TCP);
	assert_int_equal(row.frame, 2);
	assert_int_equal(row.time, 1500000000);
	assert_string_equal(row.interface, "any");
	assert_string_equal(address_text(&row.dst).text, "10.0.0.2");
	assert_int_equal(row.flags, 0x12);
	assert_true(row.seq == UINT32_MAX);
	assert_int_equal(row.n_options, 4);
	assert_int_equal(row.options[3], 0xb4);
	assert_false(row.present & ROW_OPTIONS_CUT);
}

static void tunnel_takes_the_inner_address(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(NEW,
			       "2\t1.5\t\t1.1.1.1,10.0.0.1\t2.2.2.2,10.0.0.2\t"
			       "0x1,0x2\t" PORTS "20\t512\t",
			       &row),
			 ROW_TCP);
	assert_string_equal(address_text(&row.src).text, "10.0.0.1");
	assert_int_equal(row.ip_id, 2);
}

/* Of a list the last value counts, also where it is empty. */
static void an_empty_value_at_the_end(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(NEW,
			       "2\t1.5\t\t10.0.0.1\t10.0.0.2\t0x1,\t" PORTS
			       "20\t512\t",
			       &row),
			 ROW_TCP);
	assert_false(row.present & ROW_HAS_IP_ID);
	assert_false(row.present & ROW_TUNNEL);
}

static void other_and_malformed(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(NEW, "1\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t", &row),
			 ROW_OTHER);
	assert_true(row.present & ROW_HAS_TIME);
	assert_int_equal(
		parse(NEW, "1\t1.5\t" ADDRESSES "1\t2\t0\t\t\t\t\t\t\t", &row),
		ROW_MALFORMED);
}

static void hop_limit_and_captured_length(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t64\t4\t\t\t78",
				   &row),
			 ROW_TCP);
	assert_int_equal(row.ttl, 64);
	assert_true(row.present & ROW_HAS_PACKET_TYPE);
	assert_int_equal(row.packet_type, ROW_SENT);
	/* 3.4 has words for those that it knows. */
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t64\tSent by us\t\t\t78",
				   &row),
			 ROW_TCP);
	assert_int_equal(row.packet_type, ROW_SENT);
	assert_int_equal(
		parse_all(NEW,
			  "2\t1.5\t" ADDRESSES PORTS
			  "24\t512\t020405b4\t64\tUnicast to another host\t\t\t78",
			  &row),
		ROW_TCP);
	assert_int_equal(row.packet_type, 3);
	assert_int_equal(row.cap_len, 78);
	/* of a tunnel that of the inner packet */
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t64,63\t\t\t\t78",
				   &row),
			 ROW_TCP);
	assert_int_equal(row.ttl, 63);
	/* unknown is not 0 */
	assert_int_equal(parse(NEW,
			       "2\t1.5\t" ADDRESSES PORTS "24\t512\t020405b4",
			       &row),
			 ROW_TCP);
	assert_false(row.present & ROW_HAS_TTL);
	assert_false(row.present & ROW_HAS_PACKET_TYPE);
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t256\t\t\t\t78",
				   &row),
			 ROW_BAD);
}

/* Each packet in another one: the innermost counts. */
static void tunnels_in_tunnels(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\ta,b\t1.1.1.1,2.2.2.2,10.0.0.1\t"
				   "1.1.1.2,2.2.2.3,10.0.0.2\t0x1,0x2,0x3\t"
				   "1,2,3\t4,5,6\t7\t0x0012\t8,9\t10\t11\t20\t"
				   "512\t\t64,63,62\t0\t\t\t99",
				   &row),
			 ROW_TCP);
	assert_string_equal(address_text(&row.src).text, "10.0.0.1");
	assert_string_equal(address_text(&row.dst).text, "10.0.0.2");
	assert_string_equal(row.interface, "a,b"); /* a name, no list */
	assert_int_equal(row.ip_id, 3);
	assert_int_equal(row.sport, 3);
	assert_int_equal(row.dport, 6);
	assert_int_equal(row.seq, 9);
	assert_int_equal(row.ttl, 62);
	assert_true(row.present & ROW_TUNNEL);
}

/* An ICMP message: addresses, ports and type with its code. */
static enum row_kind parse_icmp(const char *addresses, const char *ports,
				       const char *type, struct row *row)
{
	char line[400];

	snprintf(line, sizeof(line),
		 "22\t1.5\tany\t%s\t0x1,0x2\t%s\t512\t\t64,63\t\t%s\t90",
		 addresses, ports, type);
	return parse_all(NEW, line, row);
}

#define QUOTED "40000\t5001\t3\t0x0002\t7\t\t0\t40"

/* An error has two addresses of each kind: its own, and what it quotes. */
static void icmp_error(void **state)
{
	static const struct {
		const char *addresses, *type, *from, *src, *dst;
	} cases[] = {
		{ "10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2", "3\t13",
		  "10.0.2.254", "10.0.2.1", "10.0.1.2" },
		{ "fe80::1,2001:db8::1\t2001:db8::1,2001:db8::2", "1\t4",
		  "fe80::1", "2001:db8::1", "2001:db8::2" },
		/* in a tunnel */
		{ "1.1.1.1,10.0.2.254,10.0.2.1\t2.2.2.2,10.0.2.1,10.0.1.2",
		  "3\t13", "10.0.2.254", "10.0.2.1", "10.0.1.2" },
		{ "::1,10.0.2.254,10.0.2.1\t::2,10.0.2.1,10.0.1.2", "3\t13",
		  "10.0.2.254", "10.0.2.1", "10.0.1.2" },
	};
	struct row row;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(&row, 0xa5, sizeof(row));
		assert_int_equal(parse_icmp(cases[i].addresses, QUOTED,
					    cases[i].type, &row),
				 ROW_ICMP);
		assert_string_equal(address_text(&row.icmp_from).text,
				    cases[i].from);
		assert_string_equal(address_text(&row.src).text, cases[i].src);
		assert_string_equal(address_text(&row.dst).text, cases[i].dst);
		assert_int_equal(row.icmp_type, cases[i].type[0] - '0');
		assert_int_equal(row.icmp_code, atoi(cases[i].type + 2));
		assert_int_equal(row.sport, 40000);
		assert_int_equal(row.dport, 5001);
		assert_true(row.present & ROW_HAS_SEQ);
		assert_int_equal(row.seq, 7);
	}
	/* nobody but the quoted packet itself: what was before is forgotten */
	assert_int_equal(parse_icmp("10.0.2.1\t10.0.1.2", QUOTED, "3\t", &row),
			 ROW_ICMP);
	assert_int_equal(row.icmp_from.size, 0);
	assert_int_equal(row.icmp_code, 0);
}

static void other_icmp(void **state)
{
	struct row row;

	(void)state;
	/* it quotes no TCP */
	assert_int_equal(parse_icmp("10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2",
				    "\t\t\t\t\t\t\t", "3\t13", &row),
			 ROW_OTHER);
	assert_true(row.present & ROW_HAS_TIME);
	assert_int_equal(parse_icmp("10.0.2.1\t10.0.2.2", "\t\t\t\t\t\t\t",
				    "8\t0", &row),
			 ROW_OTHER);
	/* only eight bytes of TCP are quoted, as RFC 792 demands */
	assert_int_equal(parse_icmp("10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2",
				    "40000\t5001\t3\t\t7\t\t\t", "11\t0", &row),
			 ROW_ICMP);
	assert_int_equal(row.seq, 7);
	/* without a type it is TCP, in two tunnels perhaps */
	assert_int_equal(parse_icmp("10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2",
				    QUOTED, "\t", &row),
			 ROW_TCP);
	assert_int_equal(parse_icmp("10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2",
				    QUOTED, "256\t0", &row),
			 ROW_BAD);
	assert_int_equal(parse_icmp("10.0.2.254,10.0.2.1\t10.0.2.1,10.0.1.2",
				    QUOTED, "3\tx", &row),
			 ROW_BAD);
}

/* Were they not captured, or did only tshark not print them? */
static void options_that_are_snapped(void **state)
{
	static const struct {
		const char *options;
		int cut, snapped;
	} cases[] = {
		{ "32\t512\t020405b401010101010101ff", 0, 0 },
		{ "32\t512\t<MISSING>", 1, 1 },
		{ "32\t512\t", 1, 1 },
		{ "32\t512\t020405b4", 1, 1 },
		{ "20\t512\t", 0, 0 },
	};
	struct row row;
	char line[300];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int old = 0; old < 2; old++) {
			snprintf(line, sizeof(line),
				 "2\t1.5\t" ADDRESSES PORTS "%s",
				 cases[i].options);
			assert_int_equal(parse(old ? OLD : NEW, line, &row),
					 ROW_TCP);
			assert_int_equal(!!(row.present & ROW_OPTIONS_CUT),
					 cases[i].cut);
			assert_int_equal(!!(row.present & ROW_SNAPPED),
					 cases[i].snapped);
		}
	/* 36 of 40 bytes of it, and tshark's mark that there is more */
	snprintf(line, sizeof(line),
		 "2\t1.5\t" ADDRESSES PORTS "60\t512\t%072d\xe2\x80\xa6", 0);
	assert_int_equal(parse(OLD, line, &row), ROW_TCP);
	assert_true(row.present & ROW_OPTIONS_CUT);
	assert_false(row.present & ROW_SNAPPED);
}

/* Twelve bytes of other options, then a DSS of 28 bytes: 36 are printed, and
   columns of their own have the length and the checksum, which may be missing.
 */
static void end_of_a_dss(void **state)
{
	static const struct {
		const char *columns;
		enum row_kind kind;
		size_t n;
		uint8_t end[4];
	} cases[] = {
		{ "1400\t0xabcd", ROW_TCP, 40, { 0x05, 0x78, 0xab, 0xcd } },
		{ "7,1400\t1,0xabcd", ROW_TCP, 40, { 0x05, 0x78, 0xab, 0xcd } },
		{ "1400\t", ROW_TCP, 38, { 0x05, 0x78 } },
		{ "\t", ROW_TCP, 36, { 0 } },
		{ "1400\tx", ROW_BAD, 0, { 0 } },
	};
	struct row row;
	char line[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(line, sizeof(line),
			 "2\t1.5\t" ADDRESSES PORTS
			 "60\t512\t0101080a%016d1e1c200f%040d\xe2\x80\xa6"
			 "\t64\t\t\t\t78\t%s\t\t\t\t\t\t",
			 0, 0, cases[i].columns);
		assert_int_equal(parse_all(OLD, line, &row), cases[i].kind);
		if (cases[i].kind == ROW_BAD)
			continue;
		assert_int_equal(row.n_options, cases[i].n);
		assert_memory_equal(row.options + 36, cases[i].end,
				    cases[i].n - 36);
		assert_int_equal(!!(row.present & ROW_OPTIONS_CUT),
				 cases[i].n == 36);
	}
}

/* The header has no room for more than what was printed. */
static void nothing_behind_the_mark(void **state)
{
	char line[300];
	struct row row;

	(void)state;
	snprintf(line, sizeof(line),
		 "2\t1.5\t" ADDRESSES PORTS "56\t512\t%072d\xe2\x80\xa6", 0);
	assert_int_equal(parse(OLD, line, &row), ROW_TCP);
	assert_int_equal(row.n_options, 36);
	assert_false(row.present & ROW_OPTIONS_CUT);
}

static void numbers_in_two_ways(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(
		parse(NEW,
		      "2\t1.5\t\t10.0.0.1\t10.0.0.2\t0x18de (6366)\t" PORTS
		      "20\t512\t",
		      &row),
		ROW_TCP);
	assert_int_equal(row.ip_id, 0x18de);
}

static void times_of_no_clock(void **state)
{
	static const char *const times[] = { "17497721525.270940582", "-1.5",
					     "99999999999999999999.0",
					     "4611686018.427387904",
					     "1.(1500000000 nanoseconds)" };
	struct row row;
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		snprintf(line, sizeof(line),
			 "2\t%s\t" ADDRESSES PORTS "20\t512\t", times[i]);
		assert_int_equal(parse(NEW, line, &row), ROW_MALFORMED);
		assert_false(row.present & ROW_HAS_TIME);
	}
	assert_int_equal(
		parse(NEW, "2\tnoon\t" ADDRESSES PORTS "20\t512\t", &row),
		ROW_BAD);
	assert_int_equal(parse(NEW,
			       "2\t4611686018.427387903\t" ADDRESSES PORTS
			       "20\t512\t",
			       &row),
			 ROW_TCP);
}

static void long_names_are_cut_between_characters(void **state)
{
	char line[300] = "2\t1.5\t";
	struct row row;

	(void)state;
	memset(line + 6, 'a', 62);
	memcpy(line + 68, "\xc3\xa9\xc3\xa9", 5); /* two of two bytes */
	strncat(line, "\t10.0.0.1\t10.0.0.2\t0x18de\t" PORTS "20\t512\t", 100);
	assert_int_equal(parse(NEW, line, &row), ROW_TCP);
	assert_int_equal(strlen(row.interface), 62);
}

static void lines_that_do_not_fit(void **state)
{
	static const char *const bad[] = {
		"",
		"1",
		"1\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t",	   /* a column less */
		"1\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t\tx",   /* one more */
		"x\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t",	   /* no number */
		"\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t",	   /* no frame */
		"1\tnow\t\t\t\t\t\t\t\t\t\t\t\t\t\t",	   /* no time */
		"1\t1.5\t\t\t\t\t65536\t\t\t\t\t\t\t\t\t", /* no port */
		"1\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t020",   /* half a byte */
	};
	struct row row;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(NEW, bad[i], &row), ROW_BAD);
}

static void a_name_with_a_zero(void **state)
{
	static const char line[] = "2\t1.5\te\0th\t10.0.0.1\t10.0.0.2\t\t" PORTS
				   "20\t512\t\t\t\t\t\t";
	struct tshark_layout layout;
	struct row row;

	(void)state;
	tshark_layout_init(&layout, NEW);
	assert_int_equal(
		tshark_row_parse(&layout, line, sizeof(line) - 1, &row),
		ROW_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_packet),
		cmocka_unit_test(tunnel_takes_the_inner_address),
		cmocka_unit_test(an_empty_value_at_the_end),
		cmocka_unit_test(other_and_malformed),
		cmocka_unit_test(hop_limit_and_captured_length),
		cmocka_unit_test(tunnels_in_tunnels),
		cmocka_unit_test(icmp_error),
		cmocka_unit_test(other_icmp),
		cmocka_unit_test(options_that_are_snapped),
		cmocka_unit_test(end_of_a_dss),
		cmocka_unit_test(nothing_behind_the_mark),
		cmocka_unit_test(numbers_in_two_ways),
		cmocka_unit_test(times_of_no_clock),
		cmocka_unit_test(long_names_are_cut_between_characters),
		cmocka_unit_test(lines_that_do_not_fit),
		cmocka_unit_test(a_name_with_a_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
