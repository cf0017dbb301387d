/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of "tshark -T tabs" become rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "input/icmp.h"
#include "input/rowparse.h"

#define NEW TSHARK_VERSION(4, 4, 0) /* 20 columns */
#define OLD TSHARK_VERSION(4, 0, 0) /* and 8 that complete the options */
#define CUT "\xe2\x80\xa6"	    /* tshark's mark */

static enum rowparse_result parse_all(unsigned version, const char *line,
				      struct row *row)
{
	struct rowparse layout;

	rowparse_init(&layout, version);
	return rowparse_line(&layout, line, strlen(line), row);
}

/*
 * A line without TTL, ICMP and captured length, which stand behind the options,
 * and without the last three columns of those that complete them.
 */
static enum rowparse_result parse(unsigned version, const char *line,
				  struct row *row)
{
	const char *cut = version == OLD ? strstr(line, CUT) : NULL;
	size_t options =
		cut ? (size_t)(cut - line) + strlen(CUT) : strlen(line);
	char all[600];

	snprintf(all, sizeof(all), "%.*s\t\t\t\t%s%s", (int)options, line,
		 line + options, version == OLD ? "\t\t\t" : "");
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
		ROWPARSE_TCP);
	assert_int_equal(row.frame, 2);
	assert_int_equal(row.time, 1500000000);
	assert_string_equal(row.interface, "any");
	assert_string_equal(row.dst, "10.0.0.2");
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
			 ROWPARSE_TCP);
	assert_string_equal(row.src, "10.0.0.1");
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
			 ROWPARSE_TCP);
	assert_false(row.present & ROW_HAS_IP_ID);
	assert_false(row.present & ROW_TUNNEL);
}

static void other_and_malformed(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(NEW, "1\t1.5\t\t\t\t\t\t\t\t\t\t\t\t\t\t", &row),
			 ROWPARSE_OTHER);
	assert_true(row.present & ROW_HAS_TIME);
	assert_int_equal(
		parse(NEW, "1\t1.5\t" ADDRESSES "1\t2\t0\t\t\t\t\t\t\t", &row),
		ROWPARSE_MALFORMED);
}

static void hop_limit_and_captured_length(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t64\t\t\t78",
				   &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.ttl, 64);
	assert_int_equal(row.cap_len, 78);
	/* of a tunnel that of the inner packet */
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t64,63\t\t\t78",
				   &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.ttl, 63);
	/* unknown is not 0 */
	assert_int_equal(parse(NEW,
			       "2\t1.5\t" ADDRESSES PORTS "24\t512\t020405b4",
			       &row),
			 ROWPARSE_TCP);
	assert_false(row.present & ROW_HAS_TTL);
	assert_int_equal(parse_all(NEW,
				   "2\t1.5\t" ADDRESSES PORTS
				   "24\t512\t020405b4\t256\t\t\t78",
				   &row),
			 ROWPARSE_BAD);
}

/* An error has two addresses of each kind: its own, and what it quotes. */
static void icmp_error(void **state)
{
	struct row row;
	struct icmp_errors list = { NULL, 0, 0 };

	(void)state;
	assert_int_equal(
		parse_all(NEW,
			  "22\t1.5\tany\t10.0.2.254,10.0.2.1\t"
			  "10.0.2.1,10.0.1.2\t0x1,0x2\t40000\t5001\t3\t"
			  "0x0002\t7\t\t0\t40\t512\t\t64,63\t3\t13\t90",
			  &row),
		ROWPARSE_ICMP);
	icmp_errors_add_row(&list, &row);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].from, "10.0.2.254");
	assert_string_equal(list.items[0].src, "10.0.2.1");
	assert_string_equal(list.items[0].dst, "10.0.1.2");
	assert_int_equal(list.items[0].sport, 40000);
	assert_int_equal(list.items[0].dport, 5001);
	assert_int_equal(list.items[0].seq, 7);
	assert_false(icmp_error_is_v6(&list.items[0]));
	assert_string_equal(icmp_error_name(&list.items[0]),
			    "communication administratively filtered");
	icmp_errors_release(&list);
}

static void what_was_not_captured(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(NEW,
			       "2\t1.5\t" ADDRESSES PORTS "32\t512\t<MISSING>",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.n_options, 0);
	assert_true(row.present & ROW_OPTIONS_CUT);
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
		ROWPARSE_TCP);
	assert_int_equal(row.ip_id, 0x18de);
}

static void times_of_no_clock(void **state)
{
	static const char *const times[] = { "17497721525.270940582", "-1.5",
					     "99999999999999999999.0",
					     "4611686018.427387904" };
	struct row row;
	char line[200];

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(line, sizeof(line),
			 "2\t%s\t" ADDRESSES PORTS "20\t512\t", times[i]);
		assert_int_equal(parse(NEW, line, &row), ROWPARSE_MALFORMED);
		assert_false(row.present & ROW_HAS_TIME);
	}
	assert_int_equal(
		parse(NEW, "2\tnoon\t" ADDRESSES PORTS "20\t512\t", &row),
		ROWPARSE_BAD);
	assert_int_equal(parse(NEW,
			       "2\t4611686018.427387903\t" ADDRESSES PORTS
			       "20\t512\t",
			       &row),
			 ROWPARSE_TCP);
}

static void long_names_are_cut_between_characters(void **state)
{
	char line[300] = "2\t1.5\t";
	struct row row;

	(void)state;
	memset(line + 6, 'a', 62);
	memcpy(line + 68, "\xc3\xa9\xc3\xa9", 5); /* two of two bytes */
	strncat(line, "\t10.0.0.1\t10.0.0.2\t0x18de\t" PORTS "20\t512\t", 100);
	assert_int_equal(parse(NEW, line, &row), ROWPARSE_TCP);
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
		assert_int_equal(parse(NEW, bad[i], &row), ROWPARSE_BAD);
}

#define TIMESTAMP "0101080a0000000100000002"
#define DSS                                                                    \
	"1e1c200f00000000000000010000000000000002"                             \
	"00000003"

static void cut_options_are_restored(void **state)
{
	static const uint8_t end[] = { 0x05, 0xdc, 0xbe, 0xef };
	struct row row;

	(void)state;
	/* 12 + 24 bytes are shown; length 1500 and checksum are rebuilt. */
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS
			       "60\t512\t" TIMESTAMP DSS
			       "\xe2\x80\xa6\t1500\t0xbeef\t\t\t",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.n_options, ROW_OPTIONS_MAX);
	assert_memory_equal(row.options + 36, end, sizeof(end));
	assert_false(row.present & ROW_OPTIONS_CUT);
}

#define SACK                                                                   \
	"01010512"                                                             \
	"00000001"                                                             \
	"00000002"                                                             \
	"00000003"                                                             \
	"00000004"

static void cut_data_ack_is_restored(void **state)
{
	static const uint8_t end[] = { 0x20, 0x01, 0x11, 0x22, 0x33, 0x44 };
	static const uint8_t wide[] = { 0x55, 0x66, 0x77, 0x88,
					0x11, 0x22, 0x33, 0x44 };
	struct row row;

	(void)state;
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS
			       "60\t512\t" TIMESTAMP SACK
			       "1e082001\xe2\x80\xa6\t\t\t4\t\t287454020",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.n_options, ROW_OPTIONS_MAX);
	assert_memory_equal(row.options + 34, end, sizeof(end));
	assert_false(row.present & ROW_OPTIONS_CUT);
	/* eight octets, four of them shown; no SACK but padding before it */
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS "60\t512\t" TIMESTAMP
			       "01010101010101010101010101010101"
			       "1e0c200355667788"
			       "\xe2\x80\xa6\t\t\t\t\t6153737367135073092",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.n_options, ROW_OPTIONS_MAX);
	assert_memory_equal(row.options + 32, wide, sizeof(wide));
	/* a DSS that also maps is not one of those */
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS
			       "60\t512\t" TIMESTAMP SACK
			       "1e082005\xe2\x80\xa6\t\t\t4\t\t287454020",
			       &row),
			 ROWPARSE_TCP);
	assert_true(row.present & ROW_OPTIONS_CUT);
}

static void cut_options_that_stay_cut(void **state)
{
	struct row row;

	(void)state;
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS
			       "60\t512\t" TIMESTAMP DSS
			       "\xe2\x80\xa6\t\t\t\t\t",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.n_options, 36);
	assert_true(row.present & ROW_OPTIONS_CUT);
}

/* Options of which "shown" is what an older tshark prints. */
static void stays_cut(const char *shown, unsigned header)
{
	char line[400];
	struct row row;

	/* What a row before it left there is not of this one. */
	memset(row.options, 5, sizeof(row.options));
	snprintf(line, sizeof(line),
		 "2\t1.5\t" ADDRESSES PORTS "%u\t512\t%s\xe2\x80\xa6"
		 "\t1500\t0xbeef\t4\t5\t6",
		 header, shown);
	if (parse(OLD, line, &row) != ROWPARSE_TCP)
		fail_msg("no row: %s", line);
	if (row.n_options != strlen(shown) / 2)
		fail_msg("restored: %s", line);
}

#define NOPS_2 "0101"
#define NOPS_8 NOPS_2 NOPS_2 NOPS_2 NOPS_2
#define NOPS_10 NOPS_8 NOPS_2
#define NOPS_24 NOPS_8 NOPS_8 NOPS_8

static void cut_options_in_doubt(void **state)
{
	(void)state;
	/* all of the header is shown; more than a header can have */
	stays_cut(TIMESTAMP DSS, 56);
	stays_cut(TIMESTAMP DSS, 62);
	/* behind an end of options there are none */
	stays_cut("0002" NOPS_10 DSS, 60);
	/* the length is not shown, too small, or more than the header has */
	stays_cut(NOPS_24 NOPS_10 "0105", 60);
	stays_cut("1e01" NOPS_10 DSS, 60);
	stays_cut("1e00" NOPS_10 DSS, 60);
	stays_cut(NOPS_24 NOPS_8 "1e142001", 60);
	/* of a kind that has no column */
	stays_cut(NOPS_24 NOPS_8 "fd080102", 60);
	/* a DSS without mapping, one whose length is not shown */
	stays_cut(NOPS_24 "1e0e2000000000010000000a", 60);
	stays_cut(NOPS_24 NOPS_2 "1e0e2004000000010000", 60);
	/* one that ends elsewhere than its flags say */
	stays_cut(NOPS_24 "1e0f2004000000010000000a", 60);
	/* three bytes behind it are no padding */
	stays_cut(NOPS_24 NOPS_2 NOPS_2 "01"
					"1e082001000000",
		  60);
}

static void columns_that_make_no_sense(void **state)
{
	static const char *const bad[] = {
		"x\t0xbeef\t\t\t",
		"1500\t0x\t\t\t",
		"1,\t\t\t\t",
		"1\t\t18446744073709551616\t\t",
	};
	struct row row;
	char line[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(line, sizeof(line),
			 "2\t1.5\t" ADDRESSES PORTS "60\t512\t" TIMESTAMP DSS
			 "\xe2\x80\xa6\t%s",
			 bad[i]);
		if (parse(OLD, line, &row) != ROWPARSE_BAD)
			fail_msg("taken for a row: %s", line);
	}
	/* of several values the last one counts */
	assert_int_equal(parse(OLD,
			       "2\t1.5\t" ADDRESSES PORTS
			       "60\t512\t" TIMESTAMP DSS
			       "\xe2\x80\xa6\t9,1500\t0x1,0xbeef\t\t\t",
			       &row),
			 ROWPARSE_TCP);
	assert_int_equal(row.options[37], 0xdc);
	assert_int_equal(row.options[39], 0xef);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_packet),
		cmocka_unit_test(tunnel_takes_the_inner_address),
		cmocka_unit_test(an_empty_value_at_the_end),
		cmocka_unit_test(other_and_malformed),
		cmocka_unit_test(hop_limit_and_captured_length),
		cmocka_unit_test(icmp_error),
		cmocka_unit_test(what_was_not_captured),
		cmocka_unit_test(numbers_in_two_ways),
		cmocka_unit_test(times_of_no_clock),
		cmocka_unit_test(long_names_are_cut_between_characters),
		cmocka_unit_test(lines_that_do_not_fit),
		cmocka_unit_test(cut_options_are_restored),
		cmocka_unit_test(cut_data_ack_is_restored),
		cmocka_unit_test(cut_options_that_stay_cut),
		cmocka_unit_test(cut_options_in_doubt),
		cmocka_unit_test(columns_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
