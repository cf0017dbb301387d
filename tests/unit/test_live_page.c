/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "output/live_page.h"
#include "output/live_table.h"

enum {
	CONNECTIONS = 5
};

/* Values that no other column has, and that take all the room there is. */
static struct live_line line(uint64_t id, const char *interface, uint64_t bytes)
{
	struct live_line l = {
		.id = id,
		.client = { .address = ADDRESS_NONE, .port = 54321 },
		.server = { .address = ADDRESS_NONE, .port = 443 },
		.interface = mem_strdup(interface),
		.state = LIVE_OPEN,
		.first_time = 1,
	};

	assert_int_equal(
		address_parse(&l.client.address, "192.168.100.201", 15), 0);
	assert_int_equal(
		address_parse(&l.server.address, "2001:db8::8:800:1", 17), 0);
	l.flow[0].bytes.sent = bytes;
	l.flow[0].bytes.of[BYTES_UNIQUE] = bytes;
	l.flow[0].bytes.of[BYTES_REINJECTED] = 987654321;
	l.flow[0].bytes.of[BYTES_TCP_RETRANSMITTED] = 876543210;
	l.flow[0].lately = bytes / 8;
	l.flow[0].rtt = 765400000;
	l.flow[0].has_flight = true;
	l.flow[0].flight = 654321;
	return l;
}

static void fill(struct live_view *v)
{
	const struct live_moment moment = {
		.has_time = true,
		.time = 1795384678000000000,
		.first_time = 1,
		.second = 1000000000,
		.has_rate = true,
		.packets_per_s = 123456,
		.has_wire_rate = true,
		.bytes_per_s = 777e6,
		.sampled = 4,
		.counts = { .has_dropped = true, .dropped = 41414 },
	};

	live_view_init(v, &moment);
	for (uint64_t i = 0; i < CONNECTIONS; i++) {
		struct live_lines c = { .sum = line(i, "", (i + 1) * 1234567),
					.n = 2,
					.version = 1 };

		c.subflows = mem_calloc(2, sizeof(*c.subflows));
		c.subflows[0] = line(2 * i, "wlan0", (i + 1) * 1234567);
		c.subflows[1] = line(2 * i + 1, "enp0s31f6", 0);
		*MEM_PUSH(v->connections, v->n, v->cap) = c;
	}
	v->events[0] = (struct live_said){
		.time = 1795384678000000000,
		.has_time = true,
		.has_stream = true,
		.name = mem_strdup("connection_established"),
		.detail = mem_strdup("192.168.100.201:54321 > "
				     "[2001:db8::8:800:1]:443, v1"),
	};
	v->n_events = 1;
}

/* Nothing is wider or higher than the terminal, and styles go with the text. */
static void check_size(const struct live_page *p,
		       const struct live_page_options *o)
{
	assert_in_range(p->n, 1, o->height);
	for (size_t i = 0; i < p->n; i++) {
		const struct page_line *l = &p->lines[i];

		assert_in_range(page_length(l->text.text), 0, o->width);
		assert_int_equal(page_length(l->text.text), l->styles.len);
	}
}

/* Each number is there as a whole, or not at all. */
static void check_words(const struct live_page *p)
{
	static const char *const parts[][2] = {
		{ "987 ", "988 MB" },
		{ "988", "988 MB" },
		{ "877", "877 MB" },
		{ "765", "765 ms" },
		{ "654", "654 kB" },
		{ "41414", "41414 dropped" },
		{ "123456", "123456 packets/s" },
		{ "6.22", "6.22 Gbit/s" },
		{ "192.", "192.168.100.201" },
		{ "2001", "2001:db8::8:800:1" },
	};

	for (size_t i = 0; i < p->n; i++) {
		const char *text = p->lines[i].text.text;

		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++)
			if (strstr(text, parts[k][0]))
				assert_non_null(strstr(text, parts[k][1]));
	}
}

static bool has(const struct live_page *p, const char *text)
{
	for (size_t i = 0; i < p->n; i++)
		if (strstr(p->lines[i].text.text, text))
			return true;
	return false;
}

static void check(struct live_page *p, const struct live_view *v,
		  const struct live_page_options *o)
{
	live_page_make(p, v, o);
	check_size(p, o);
	check_words(p);
	if (o->help || o->height < 8 || o->width < 40)
		return;
	assert_true(has(p, o->details ? "RATE" : "CONNECTION"));
	/* the picked one is on the page */
	if (o->has_picked && !o->details)
		assert_true(has(p, "connection 3") || has(p, "3 > ") ||
			    has(p, "3 192."));
}

static void test_sizes(void **state)
{
	struct live_view view;
	struct live_page page = { .n = 0 };

	(void)state;
	fill(&view);
	for (int width = 10; width <= 220; width += width < 90 ? 1 : 13)
		for (int height = 1; height <= 60; height += 1 + height / 20)
			for (unsigned k = 0; k < 16; k++) {
				const struct live_page_options o = {
					.width = width,
					.height = height,
					.ascii = k & 1,
					.keys = true,
					.source = "a-network-interface",
					.has_picked = k & 2,
					.picked = 3,
					.details = (k & 6) == 6,
					.help = k == 8,
					.events = true,
				};

				check(&page, &view, &o);
			}
	live_page_release(&page);
	live_view_release(&view);
}

static void test_order(void **state)
{
	struct live_view view;

	(void)state;
	fill(&view);
	view.connections[2].sum.flow[1].bytes.of[BYTES_TCP_RETRANSMITTED] = 9;
	view.connections[1].subflows[1].flow[0].rtt = 800000000;
	view.connections[4].sum.first_time = 2;
	live_view_sort(&view, LIVE_BY_RATE);
	assert_int_equal(view.connections[0].sum.id, 4);
	assert_int_equal(view.connections[4].sum.id, 0);
	live_view_sort(&view, LIVE_BY_RETRANSMITTED);
	assert_int_equal(view.connections[0].sum.id, 2);
	assert_int_equal(view.connections[1].sum.id, 0);
	live_view_sort(&view, LIVE_BY_RTT);
	assert_int_equal(view.connections[0].sum.id, 1);
	assert_int_equal(view.connections[1].sum.id, 0);
	live_view_sort(&view, LIVE_BY_AGE);
	assert_int_equal(view.connections[0].sum.id, 0);
	assert_int_equal(view.connections[4].sum.id, 4);
	live_view_sort(&view, LIVE_BY_BYTES);
	assert_int_equal(view.connections[0].sum.id, 4);
	live_view_release(&view);
}

/* What wide terminals have room for. */
static void test_wide(void **state)
{
	struct live_view view;
	struct live_page page = { .n = 0 };
	const struct live_page_options o = { .width = 0,
					     .source = "lo",
					     .events = true };

	(void)state;
	fill(&view);
	live_page_make(&page, &view, &o);
	assert_true(has(&page, "FLIGHT"));
	assert_true(has(&page, "AGE"));
	assert_true(has(&page, "9 enp0s31f6 192.168.100.201:54321 > "
			       "[2001:db8::8:800:1]:443"));
	assert_true(has(&page, "sampled: 1 of 4 connections"));
	assert_true(has(&page, "41414 dropped"));
	assert_true(has(&page, "6.22 Gbit/s"));
	assert_true(has(&page, "654 kB"));
	live_page_release(&page);
	live_view_release(&view);
}

/* The last character below that heading, in the first line of the table. */
static int column_of(const struct live_page *p, const char *heading)
{
	for (size_t i = 0; i + 1 < p->n; i++) {
		const char *at = strstr(p->lines[i].text.text, heading);

		if (at)
			return p->lines[i + 1]
				.text.text[at - p->lines[i].text.text +
					   (ptrdiff_t)strlen(heading) - 1];
	}
	return 0;
}

/* What is rare, and stands in the head or in the details of a connection. */
static void test_troubles(void **state)
{
	struct live_view view;
	struct live_page page = { .n = 0 };
	struct live_page_options o = { .width = 0,
				       .height = 60,
				       .source = "lo",
				       .has_picked = true,
				       .picked = 3,
				       .warning = "lo is gone" };

	(void)state;
	fill(&view);
	view.moment.totals.left_out = 1;
	view.connections[3].state = CONN_FALLBACK;
	view.connections[3].cause = FALLBACK_MP_FAIL;
	view.connections[3].sum.flow[0].bytes.of[BYTES_UNIQUE] = 0;
	view.connections[3].sum.flow[0].bytes.of[BYTES_UNMAPPED] = 4938268;
	live_page_make(&page, &view, &o);
	assert_true(has(&page, "1 connection left out"));
	assert_true(has(&page, "lo is gone"));
	assert_false(has(&page, "mp_fail"));
	o.details = true;
	view.moment.totals.left_out = 7;
	o.warning = NULL;
	live_page_make(&page, &view, &o);
	assert_true(has(&page, "7 connections left out"));
	assert_false(has(&page, "lo is gone"));
	assert_true(has(&page, "fallback (mp_fail)"));
	/* what is without a mapping is not known to be unique */
	assert_int_equal(column_of(&page, "UNIQUE"), '-');
	live_page_release(&page);
	live_view_release(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_troubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
