/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cache says of a capture: back as it was written, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/manifest.h"

struct fixture {
	char dir[64];
	char *path;
	json_t *good; /* what was written */
};

static struct manifest sample(void)
{
	static char capture[] = "/tmp/100%/\xe9 b.pcap", toolkit[] = "0.1.0",
		    tshark[] = "4.0.17";
	struct manifest m = { .capture = capture,
			      .id = { .inode = UINT64_MAX,
				      .size = 1,
				      .mtime_ns = -1500000000 },
			      .toolkit = toolkit,
			      .tshark = tshark,
			      .fields = 3,
			      .info = { .packets = 9,
					.tcp_packets = 7,
					.malformed = 1,
					.options_cut = 2,
					.has_time = 1,
					.first_time = 5,
					.last_time = 6,
					.complete = 1 },
			      .csv_size = 100,
			      .places_size = 21,
			      .csv_hash = UINT64_MAX };

	return m;
}

static int setup(void **state)
{
	struct fixture *f = mem_calloc(1, sizeof(*f));
	struct manifest m = sample();
	struct error err = ERROR_INIT;

	memcpy(f->dir, "/tmp/test_manifest.XXXXXX", 26);
	assert_non_null(mkdtemp(f->dir));
	f->path = mem_printf("%s/a.json", f->dir);
	strlist_add(&m.info.warnings, "cut short");
	strlist_add(&m.info.warnings, "the file \xff is damaged");
	assert_int_equal(manifest_write(&m, f->path, &err), 0);
	strlist_release(&m.info.warnings);
	f->good = json_load_file(f->path, 0, NULL);
	assert_non_null(f->good);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	json_decref(f->good);
	unlink(f->path);
	assert_int_equal(rmdir(f->dir), 0);
	free(f->path);
	free(f);
	return 0;
}

static void back_and_forth(void **state)
{
	const struct fixture *f = *state;
	struct manifest m, wanted = sample();

	assert_int_equal(manifest_read(&m, f->path), MANIFEST_READ);
	assert_string_equal(m.capture, wanted.capture);
	assert_true(file_id_equal(&m.id, &wanted.id));
	assert_string_equal(m.tshark, "4.0.17");
	assert_int_equal(m.info.options_cut, 2);
	assert_int_equal(m.info.tcp_packets, 7);
	assert_true(m.info.last_time == 6 && m.info.complete);
	assert_true(m.csv_hash == UINT64_MAX);
	assert_int_equal(m.info.warnings.n, 2);
	assert_string_equal(m.info.warnings.items[0], "cut short");
	/* JSON has no room for what is not UTF-8. */
	assert_string_equal(m.info.warnings.items[1], "the file ? is damaged");
	manifest_release(&m);
}

static enum manifest_result read_changed(const struct fixture *f,
					 const json_t *o)
{
	struct manifest m;
	enum manifest_result result = MANIFEST_NONE;

	assert_int_equal(json_dump_file(o, f->path, 0), 0);
	result = manifest_read(&m, f->path);
	manifest_release(&m);
	return result;
}

static void every_member_is_needed(void **state)
{
	const struct fixture *f = *state;
	const char *key = NULL;
	json_t *value = NULL;

	json_object_foreach (f->good, key, value) {
		json_t *less = json_copy(f->good), *other = json_copy(less);
		int is_schema = strcmp(key, "schema") == 0;

		json_object_del(less, key);
		json_object_set_new(other, key, json_object());
		if (read_changed(f, less) !=
		    (is_schema ? MANIFEST_NONE : MANIFEST_OTHER))
			fail_msg("read without %s", key);
		if (read_changed(f, other) !=
		    (is_schema ? MANIFEST_NONE : MANIFEST_OTHER))
			fail_msg("read with an object for %s", key);
		json_decref(less);
		json_decref(other);
	}
	assert_int_equal(read_changed(f, f->good), MANIFEST_READ);
}

static void values_that_make_no_sense(void **state)
{
	static const struct {
		const char *key, *value;
	} bad[] = {
		{ "schema", "\"mptcptools-cache/1\"" },
		{ "capture", "\"/tmp/100%\"" },
		{ "capture", "\"/tmp/%2\"" },
		{ "capture", "\"/tmp/%zz\"" },
		{ "capture", "\"/tmp/%00\"" },
		{ "size", "\"\"" },
		{ "size", "1" },
		{ "inode", "\"18446744073709551616\"" },
		{ "mtime_ns", "\"--1\"" },
		{ "mtime_ns", "\"9223372036854775808\"" },
		{ "field_table", "-1" },
		{ "packets", "-1" },
		{ "rows", "1.5" },
		{ "malformed", "\"1\"" },
		{ "first_time", "\"now\"" },
		{ "first_time", "null" },
		{ "last_time", "null" },
		{ "complete", "1" },
		{ "warnings", "[1]" },
		{ "options_cut", "null" },
		{ "csv_size", "-5" },
		{ "places_size", "-5" },
		{ "places_size", "\"5\"" },
		{ "xxh3", "\"\"" },
		{ "xxh3", "\"10000000000000000\"" },
		{ "xxh3", "\"xyz\"" },
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json_t *changed = json_copy(f->good);
		json_t *value = json_loads(bad[i].value, JSON_DECODE_ANY, NULL);

		assert_non_null(value);
		json_object_set_new(changed, bad[i].key, value);
		if (read_changed(f, changed) != MANIFEST_OTHER)
			fail_msg("read: %s %s", bad[i].key, bad[i].value);
		json_decref(changed);
	}
}

static void what_is_no_manifest(void **state)
{
	static const char *const bad[] = { "",	 "{",
					   "[]", "1",
					   "{}", "{\"schema\": \"other/1\"}" };
	const struct fixture *f = *state;
	struct manifest m;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		FILE *file = fopen(f->path, "we");

		assert_non_null(file);
		fputs(bad[i], file);
		fclose(file);
		assert_int_equal(manifest_read(&m, f->path), MANIFEST_NONE);
		manifest_release(&m);
	}
	assert_int_equal(manifest_read(&m, f->dir), MANIFEST_NONE);
	manifest_release(&m);
}

static void where_nothing_can_be_written(void **state)
{
	const struct fixture *f = *state;
	char *path = mem_printf("%s/none/a.json", f->dir);
	struct manifest m = sample();
	struct error err = ERROR_INIT;

	assert_int_equal(manifest_write(&m, path, &err), -1);
	assert_int_equal(err.kind, EXIT_SYSTEM);
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(back_and_forth),
		TEST(every_member_is_needed),
		TEST(values_that_make_no_sense),
		TEST(what_is_no_manifest),
		TEST(where_nothing_can_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
