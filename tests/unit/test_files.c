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

	for (size_t i = 0; i < n; i++) {
		spans[i] = cases[i].span;
		if (!spans[i].path)
			spans[i].path = spans[i].name;
	}
	file_sources_find(s, spans, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s->of[i], cases[i].source);
}

static void rotated(void **state)
{
	static const struct expected cases[] = {
		{ { NULL, "web_00001_20261129.pcapng", true, 0, 100 }, 0 },
		{ { NULL, "web_00002_20261129.pcapng", true, 95, 200 }, 0 },
		{ { NULL, "web_00003_20261129.pcapng", true, 201, 201 }, 0 },
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
		{ { NULL, "eth0.pcap", true, 0, 100 }, 0 },
		{ { NULL, "eth1.pcap", true, 2, 250 }, 1 },
		{ { NULL, "eth0.pcap1", true, 101, 200 }, 0 },
		{ { NULL, "eth0.pcap2", true, 201, 300 }, 0 },
		{ { NULL, "eth1.pcap1", true, 251, 400 }, 1 },
		{ { NULL, "wlan0.pcap", true, 500, 600 }, 2 },
		{ { NULL, "empty.pcap", false, 0, 0 }, 3 },
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

/* dumpcap of several interfaces: files overlap.  Another ring has another name
   or another directory, or the same number at the same time. */
static void dumpcap_rings(void **state)
{
	static const struct expected cases[] = {
		{ { "d/web_00001_20261129120000.pcapng", "1", true, 0, 100 },
		  0 },
		{ { "e/web_00002_20261129120000.pcapng", "1e", true, 1, 90 },
		  1 },
		{ { "d/web_00003_20261129120001.pcapng", "3", true, 20, 180 },
		  0 },
		{ { "d/web_00002_20261129120001.pcapng", "2", true, 30, 140 },
		  0 },
		{ { "e/web_00003_20261129120001.pcapng", "3e", true, 30, 140 },
		  1 },
		{ { "d/db_20261129120000_00003.pcapng", "x", true, 40, 90 },
		  2 },
		{ { "d/db_20261129120000_00004.pcapng", "y", true, 41, 90 },
		  2 },
		{ { "d/db_20261129120005_00004.pcapng", "z", true, 42, 90 },
		  3 },
		{ { "d/db_20261129120005_0005.pcapng", "a", true, 43, 90 }, 4 },
		{ { "d/db_20261129120005_0006.pcapng", "b", true, 44, 90 }, 5 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	file_sources_release(&s);
}

/* tcpdump -C -W, a ring for each interface: the number behind the name says
   that it is the first file of another one; and half of the time in common
   says that two processes ran. */
static void ring_for_each(void **state)
{
	static const struct expected cases[] = {
		{ { NULL, "g1.pcap0", true, 0, 100 }, 0 },
		{ { NULL, "g1.pcap1", true, 100, 200 }, 0 },
		{ { NULL, "g2.pcap0", true, 250, 300 }, 1 },
		{ { NULL, "g1.pcap2", true, 301, 400 }, 0 },
		{ { NULL, "g2.pcap1", true, 301, 400 }, 1 },
		{ { NULL, "c1.pcap", true, 500, 600 }, 2 },
		{ { NULL, "c2.pcap", true, 550, 650 }, 3 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	assert_true(file_sources_parallel(&s, 2, 3));
	file_sources_release(&s);
}

/* It is not known when it was written: nothing goes on from it. */
static void without_time(void **state)
{
	static const struct expected cases[] = {
		{ { NULL, "eth0.pcap", false, 0, 0 }, 0 },
		{ { NULL, "eth0.pcap1", true, 5, 9 }, 1 },
		{ { NULL, "eth0.pcap2", true, 10, 12 }, 1 },
	};
	struct file_sources s;

	(void)state;
	CHECK_SOURCES(cases, &s);
	assert_int_equal(s.n, 2);
	file_sources_release(&s);
}

/* Names that are nothing but numbers, or the same but for what is cut. */
static void names(void **state)
{
	static const struct expected cases[] = {
		{ { NULL, "1.pcap", true, 0, 100 }, 0 },
		{ { NULL, "2.pcap", true, 0, 100 }, 1 },
		{ { NULL, "3.pcap", true, 101, 200 }, 0 },
		{ { NULL, "/a/very/long/name/that/will/be/cut/1.pcap", true, 0,
		    100 },
		  2 },
		{ { NULL, "/b/very/long/name/that/will/be/cut/1.pcap", true, 0,
		    100 },
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
		cmocka_unit_test(rotated),
		cmocka_unit_test(dumpcap_rings),
		cmocka_unit_test(ring_for_each),
		cmocka_unit_test(two_rings),
		cmocka_unit_test(without_time),
		cmocka_unit_test(names),
		cmocka_unit_test(no_files),
		cmocka_unit_test(named_frames),
		cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
