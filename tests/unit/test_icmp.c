/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP errors: what they are called, and how the cache and exports keep them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "row/icmp.h"
#include "row/info_json.h"

static const char *name(int v6, uint8_t type, uint8_t code)
{
	static const struct address one[2] = {
		{ { 192, 0, 2, 1 }, 4 },
		{ { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 16 }
	};
	struct icmp_error e = {
		.type = type, .code = code, .src = one[v6], .from = one[!v6]
	};

	assert_int_equal(icmp_error_is_v6(&e), v6);
	return icmp_error_name(&e);
}

struct known {
	uint8_t type, code;
	const char *name;
};

static void check_names(int v6, const struct known *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = name(v6, known[i].type, known[i].code);

		if (!got)
			fail_msg("no name for type %d, code %d", known[i].type,
				 known[i].code);
		assert_string_equal(got, known[i].name);
	}
}

/* RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static void names_of_icmp(void **state)
{
	static const struct known known[] = {
		{ 3, 0, "network unreachable" },
		{ 3, 1, "host unreachable" },
		{ 3, 2, "protocol unreachable" },
		{ 3, 3, "port unreachable" },
		{ 3, 5, "source route failed" },
		{ 3, 6, "destination network unknown" },
		{ 3, 7, "destination host unknown" },
		{ 3, 8, "source host isolated" },
		{ 3, 9, "network administratively prohibited" },
		{ 3, 10, "host administratively prohibited" },
		{ 3, 11, "network unreachable for the type of service" },
		{ 3, 12, "host unreachable for the type of service" },
		{ 3, 13, "communication administratively filtered" },
		{ 3, 14, "host precedence violation" },
		{ 3, 15, "precedence cutoff in effect" },
		{ 3, 16, "destination unreachable" }, /* whatever it may be */
		{ 3, 255, "destination unreachable" },
		{ 11, 0, "time to live exceeded" },
		{ 12, 0, "parameter problem" },
		{ 12, 2, "parameter problem" },
	};

	(void)state;
	check_names(0, known, sizeof(known) / sizeof(*known));
}

/* RFC 4443 3. */
static void names_of_icmpv6(void **state)
{
	static const struct known known[] = {
		{ 1, 0, "no route to destination" },
		{ 1, 1, "communication administratively prohibited" },
		{ 1, 2, "beyond scope of source address" },
		{ 1, 3, "address unreachable" },
		{ 1, 4, "port unreachable" },
		{ 1, 5, "source address failed ingress or egress policy" },
		{ 1, 6, "reject route to destination" },
		{ 1, 7, "destination unreachable" },
		{ 3, 0, "hop limit exceeded" },
		{ 4, 0, "parameter problem" },
		{ 4, 2, "parameter problem" },
	};

	(void)state;
	check_names(1, known, sizeof(known) / sizeof(*known));
}

/* Every other type, and "packet too big", refuses nothing. */
static void messages_that_are_no_refusal(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 256; code++) {
			uint8_t t = (uint8_t)type, c = (uint8_t)code;
			int v4 = type == 3 || type == 11 || type == 12;
			int v6 = type == 1 || type == 3 || type == 4;

			if (type == 3 && code == 4)
				v4 = 0;
			assert_int_equal(!!name(0, t, c), v4);
			assert_int_equal(!!name(1, t, c), v6);
		}
}

static const struct address sender = { { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 16 };
static const struct address receiver = { { 0x20, 1, 0x0d, 0xb8, 0x11, 0x11,
					   0x22, 0x22, 0x33, 0x33, 0x44, 0x44,
					   0x55, 0x55, 0x66, 0x66 },
					 16 };
static const struct address router = { { 0xfe, 0x80, [15] = 1 }, 16 };

static struct row sample_row(void)
{
	struct row row = {
		.present = (ROW_HAS_TCP & ~(unsigned)ROW_HAS_STREAM) |
			   ROW_HAS_ICMP_TYPE,
		.frame = UINT32_MAX,
		.time = 1700000000123456789,
		.src = sender,
		.dst = receiver,
		.sport = UINT16_MAX,
		.dport = 1,
		.seq = UINT32_MAX,
		.icmp_type = UINT8_MAX,
		.icmp_code = UINT8_MAX,
		.icmp_from = router,
	};

	return row;
}

static void assert_same(const struct icmp_error *a, const struct icmp_error *b)
{
	assert_int_equal(a->frame, b->frame);
	assert_true(a->time == b->time);
	assert_true(address_is_equal(&a->from, &b->from));
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->code, b->code);
	assert_true(address_is_equal(&a->src, &b->src));
	assert_true(address_is_equal(&a->dst, &b->dst));
	assert_int_equal(a->sport, b->sport);
	assert_int_equal(a->dport, b->dport);
	assert_int_equal(a->seq, b->seq);
}

static void errors_of_rows(void **state)
{
	static const unsigned needed[] = { ROW_HAS_FRAME, ROW_HAS_TIME,
					   ROW_HAS_SRC,	  ROW_HAS_DST,
					   ROW_HAS_SPORT, ROW_HAS_DPORT,
					   ROW_HAS_SEQ };
	const struct row row = sample_row();
	struct icmp_errors list = { NULL, 0, 0 };

	(void)state;
	icmp_errors_add_row(&list, &row);
	assert_int_equal(list.n, 1);
	assert_same(&list.items[0],
		    &(struct icmp_error){ UINT32_MAX, 1700000000123456789,
					  router, UINT8_MAX, UINT8_MAX, sender,
					  receiver, UINT16_MAX, 1,
					  UINT32_MAX });
	/* one that quotes too little is of no use */
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		struct row less = row;

		less.present &= ~needed[i];
		icmp_errors_add_row(&list, &less);
		assert_int_equal(list.n, 1);
	}
	icmp_errors_release(&list);
	assert_int_equal(list.n, 0);
	assert_null(list.items);
}

/* Of very many only the first are kept. */
static void a_list_has_a_limit(void **state)
{
	struct row row = sample_row();
	struct icmp_errors list = { NULL, 0, 0 };

	(void)state;
	for (uint32_t i = 0; i < ICMP_ERRORS_MAX + 5; i++) {
		row.frame = i;
		icmp_errors_add_row(&list, &row);
		assert_int_equal(list.n,
				 i < ICMP_ERRORS_MAX ? i + 1 : ICMP_ERRORS_MAX);
	}
	assert_int_equal(list.items[0].frame, 0);
	assert_int_equal(list.items[ICMP_ERRORS_MAX - 1].frame,
			 ICMP_ERRORS_MAX - 1);
	icmp_errors_release(&list);
}

static json_t *encode(size_t errors)
{
	struct capture_info info = { .packets = 9,
				     .malformed = 1,
				     .has_time = 1,
				     .first_time = 5,
				     .last_time = 6,
				     .complete = 1 };
	json_t *o = NULL;

	for (size_t i = 0; i < errors; i++) {
		struct row row = sample_row();

		row.icmp_code = (uint8_t)i;
		icmp_errors_add_row(&info.icmp, &row);
	}
	strlist_add(&info.warnings, "cut short");
	strlist_add(&info.interfaces, "eth0");
	strlist_add(&info.interfaces, "a, \"b\"");
	o = info_json_encode(&info, 7);
	assert_non_null(o);
	capture_info_release(&info);
	return o;
}

/* -1, or what it says besides. */
static int decode(json_t *o, struct capture_info *info)
{
	uint64_t rows = 0;
	int rc = 0;

	memset(info, 0, sizeof(*info));
	rc = info_json_decode(o, info, &rows);
	if (rc == 0)
		assert_int_equal(rows, 7);
	return rc;
}

static void back_and_forth(void **state)
{
	(void)state;
	for (size_t n = 0; n < 3; n++) {
		json_t *o = encode(n);
		struct capture_info info;

		assert_int_equal(decode(o, &info), 0);
		assert_int_equal(info.packets, 9);
		assert_int_equal(info.icmp.n, n);
		for (size_t i = 0; i < n; i++) {
			struct row row = sample_row();
			struct icmp_errors want = { NULL, 0, 0 };

			row.icmp_code = (uint8_t)i;
			icmp_errors_add_row(&want, &row);
			assert_same(&info.icmp.items[i], &want.items[0]);
			icmp_errors_release(&want);
		}
		assert_int_equal(info.interfaces.n, 2);
		assert_string_equal(info.interfaces.items[0], "eth0");
		assert_string_equal(info.interfaces.items[1], "a, \"b\"");
		assert_int_equal(info.warnings.n, 1);
		capture_info_release(&info);
		json_decref(o);
	}
}

/* Exports of 0.1.0 have neither; nor has a document where there are none. */
static void documents_without_them(void **state)
{
	struct capture_info info = { .complete = 1 };
	json_t *o = encode(2);

	(void)state;
	json_object_del(o, "icmp");
	json_object_del(o, "interfaces");
	assert_int_equal(decode(o, &info), 0);
	assert_int_equal(info.icmp.n, 0);
	assert_int_equal(info.interfaces.n, 0);
	assert_int_equal(info.warnings.n, 1);
	capture_info_release(&info);
	json_decref(o);
	info.complete = 1;
	o = info_json_encode(&info, 7);
	assert_null(json_object_get(o, "icmp"));
	assert_null(json_object_get(o, "interfaces"));
	json_decref(o);
}

/* The document with "text" in place of the value of a key. */
static int decode_with(const char *key, const char *text)
{
	json_t *o = encode(1);
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	struct capture_info info;
	int rc = 0;

	assert_non_null(value);
	assert_int_equal(json_object_set_new(o, key, value), 0);
	rc = decode(o, &info);
	capture_info_release(&info);
	json_decref(o);
	return rc;
}

#define GOOD "[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, 5]"
#define LONG "0123456789012345678901234567890123456789012345"

static void damaged_documents(void **state)
{
	static const char *const bad[] = {
		"{}",
		"1",
		"\"a\"",
		"null",
		"[1]",
		"[[]]",
		"[" GOOD ", 1]",
		/* too little, of another type, beyond its limits: each member
		 */
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4]]",
		"[[\"1\", \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[-1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[4294967296, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, "
		"5]]",
		"[[1, 5.5, \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"x\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"x\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"\", 4, 5]]",
		"[[1, \"5.5\", null, 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"" LONG "\", 3, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 256, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", -1, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3.5, 1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 256, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, -1, \"::b\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"" LONG "\", 2, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 65536, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", -1, \"::c\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"" LONG "\", 4, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 65536, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", -1, 5]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, -1]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, "
		"4294967296]]",
		"[[1, \"5.5\", \"::a\", 3, 1, \"::b\", 2, \"::c\", 4, true]]",
	};

	(void)state;
	assert_int_equal(decode_with("icmp", "[" GOOD "]"), 0);
	/* who sent it may not be known */
	assert_int_equal(decode_with("icmp", "[[1, \"5.5\", \"\", 3, 1, "
					     "\"::b\", 2, \"::c\", 4, 5]]"),
			 0);
	assert_int_equal(decode_with("icmp", "[]"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (decode_with("icmp", bad[i]) == 0)
			fail_msg("taken for errors: %s", bad[i]);
	assert_int_equal(decode_with("interfaces", "[]"), 0);
	assert_int_equal(decode_with("interfaces", "{}"), -1);
	assert_int_equal(decode_with("interfaces", "\"eth0\""), -1);
	assert_int_equal(decode_with("interfaces", "[\"eth0\", 1]"), -1);
	assert_int_equal(decode_with("interfaces", "null"), -1);
}

/* What else is in such a document, good and bad. */
static void other_members(void **state)
{
	static const struct {
		const char *key, *text;
		int rc;
	} cases[] = {
		{ "clock_jumps", "[[7, \"-1.5\", 2]]", 0 },
		{ "clock_jumps", "[]", 0 },
		{ "clock_jumps", "{}", -1 },
		{ "clock_jumps", "[7]", -1 },
		{ "clock_jumps", "[[7, \"x\", 2]]", -1 },
		{ "clock_jumps", "[[-1, \"1.5\", 2]]", -1 },
		{ "clock_jumps", "[[4294967296, \"1.5\", 2]]", -1 },
		{ "clock_jumps", "[[7, \"1.5\", -2]]", -1 },
		{ "dropped", "[[\"eth0\", \"7\"]]", 0 },
		{ "dropped", "\"eth0\"", -1 },
		{ "dropped", "[[\"eth0\", 7]]", -1 },
		{ "dropped", "[[\"eth0\", \"-7\"]]", -1 },
		{ "snapped",
		  "{\"packets\": 3, \"snaplen\": 64, \"needed\": 90}", 0 },
		{ "snapped", "{\"packets\": 3, \"snaplen\": 64}", -1 },
		{ "snapped",
		  "{\"packets\": 3, \"snaplen\": 4294967296, \"needed\": 90}",
		  -1 },
		{ "snapped", "[]", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (decode_with(cases[i].key, cases[i].text) != cases[i].rc)
			fail_msg("%s: %s", cases[i].key, cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_icmp),
		cmocka_unit_test(names_of_icmpv6),
		cmocka_unit_test(messages_that_are_no_refusal),
		cmocka_unit_test(errors_of_rows),
		cmocka_unit_test(a_list_has_a_limit),
		cmocka_unit_test(back_and_forth),
		cmocka_unit_test(documents_without_them),
		cmocka_unit_test(damaged_documents),
		cmocka_unit_test(other_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
