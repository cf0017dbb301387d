/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several files that are one capture: who wrote them (file_sources.h), and how
   frames are called (origins.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "load/file_sources.h"
#include "row/origins.h"

struct expected {
	struct file_span span;
	size_t source;
};

#define CHECK_SOURCES(cases, s)                                                \
	check_sources(cases, sizeof(cases) / sizeof(*(cases)), s)

static void check_sources(const struct expected *cases, size_t n,
			  struct file_sources *s)
{
	struct file_span spans[16];

	for (size_t i = 0; i < n; i++)
		spans[i] = cases[i].span;
	file_sources_find(s, spans, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s->of[i], cases[i].source);
}

static void rotated(void **state)
{
	static const struct expected cases[] = {
		{ { "web_00001_20261129.pcapng", true, 0, 100 }, 0 },
		{ { "web_00002_20261129.pcapng", true, 95, 200 }, 0 },
		{ { "web_00003_20261129.pcapng", true, 201, 201 }, 0 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.names.items[0], "web");
	assert_false(file_sources_parallel(&s, 0, 0));
	file_sources_release(&s);
}

/* tcpdump -C: name, name1, name2, ... */
static void two_rings(void **state)
{
	static const struct expected cases[] = {
		{ { "eth0.pcap", true, 0, 100 }, 0 },
		{ { "eth1.pcap", true, 2, 250 }, 1 },
		{ { "eth0.pcap1", true, 101, 200 }, 0 },
		{ { "eth0.pcap2", true, 201, 300 }, 0 },
		{ { "eth1.pcap1", true, 251, 400 }, 1 },
		{ { "wlan0.pcap", true, 500, 600 }, 2 },
		{ { "empty.pcap", false, 0, 0 }, 3 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	assert_int_equal(s.n, 4);
	assert_string_equal(s.names.items[0], "eth0.pcap");
	assert_string_equal(s.names.items[1], "eth1.pcap");
	assert_true(file_sources_parallel(&s, 0, 1));
	assert_true(file_sources_parallel(&s, 1, 0));
	assert_false(file_sources_parallel(&s, 0, 2));
	assert_false(file_sources_parallel(&s, 0, 3));
	file_sources_release(&s);
}

/* Names that are nothing but numbers, or the same but for what is cut. */
static void names(void **state)
{
	static const struct expected cases[] = {
		{ { "1.pcap", true, 0, 100 }, 0 },
		{ { "2.pcap", true, 0, 100 }, 1 },
		{ { "3.pcap", true, 101, 200 }, 0 },
		{ { "/a/very/long/name/that/will/be/cut/1.pcap", true, 0, 100 },
		  2 },
		{ { "/b/very/long/name/that/will/be/cut/1.pcap", true, 0, 100 },
		  3 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	assert_string_equal(s.names.items[0], "1.pcap");
	assert_string_equal(s.names.items[1], "2.pcap");
	for (size_t i = 0; i < s.names.n; i++) {
		assert_true(strlen(s.names.items[i]) <= FILE_SOURCE_NAME);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(s.names.items[i],
						s.names.items[k]);
	}
	file_sources_release(&s);
}

static void no_files(void **state)
{
	struct origins o = { .n = 0 };
	struct origin_text text = origins_text(&o, 12);

	(void)state;
	assert_string_equal(text.text, "12");
	assert_null(origins_find(&o, 12).path);
	assert_int_equal(origins_find(&o, 12).frame, 12);
	assert_int_equal(origins_find(&o, 0).frame, 0);
}

static void named_frames(void **state)
{
	struct origins o = { .n = 0 };

	(void)state;
	origins_add_file(&o, "/tmp/x/eth0.pcap");
	origins_add_file(&o, "/tmp/x/eth\n1.pcap");
	origins_name_files(&o);
	origins_add(&o, 1, 7);
	origins_add(&o, 0, 4294967295u);
	assert_string_equal(origins_text(&o, 1).text, "eth?1.pcap:7");
	assert_string_equal(origins_text(&o, 2).text, "eth0.pcap:4294967295");
	assert_string_equal(origins_find(&o, 2).path, "/tmp/x/eth0.pcap");
	assert_null(origins_find(&o, 3).path); /* it is none of them */
	origins_release(&o);
}

/* The same name in two directories: then they are told by their paths. */
static void long_names(void **state)
{
	struct origins o = { .n = 0 };
	char path[600];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	origins_add_file(&o, "a/eth0.pcap");
	origins_add_file(&o, "b/eth0.pcap");
	origins_add_file(&o, path);
	origins_name_files(&o);
	origins_add(&o, 0, 1);
	origins_add(&o, 2, 1);
	assert_string_equal(origins_text(&o, 1).text, "a/eth0.pcap:1");
	assert_true(strlen(origins_text(&o, 2).text) < ORIGIN_TEXT);
	assert_true(strncmp(origins_text(&o, 2).text, "...xx", 5) == 0);
	assert_non_null(strstr(origins_text(&o, 2).text, "xx:1"));
	origins_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotated),	cmocka_unit_test(two_rings),
		cmocka_unit_test(names),	cmocka_unit_test(no_files),
		cmocka_unit_test(named_frames), cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
