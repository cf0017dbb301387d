/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache gives back what was put in, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/cache_write.h"
#include "read/tshark.h"

enum {
	ROWS = 3
};

/* What tshark may say at most, see num_nanoseconds(). */
static const int64_t LATEST = 9223372035999999999;

static const char *const interfaces[ROWS] = { "", "eth0", " a,\"b\" " };

struct fixture {
	char dir[64];
	char *capture;
	struct file_id id;
	int seen;
	int stop_at; /* row at which take() fails, or -1 */
};

static void make_row(struct row *row, int i)
{
	*row = (struct row){ .present = ROW_HAS_TCP | ROW_HAS_ACK };
	row->frame = (uint32_t)i + 1;
	row->time = 1500000000123456789 + i;
	row->src = (struct address){ { 0xfe, 0x80, [15] = 1 }, 16 };
	row->dst = (struct address){ { 10, 0, 0, 1 }, 4 };
	memcpy(row->interface, interfaces[i], strlen(interfaces[i]));
	row->sport = 65535;
	row->flags = 0x12;
	row->seq = UINT32_MAX;
	row->n_options = (uint8_t)(i * 20);
	memset(row->options, 0xab, row->n_options);
}

static int take(void *ctx, const struct row *row, struct error *err)
{
	struct fixture *f = ctx;
	struct row want;

	if (f->seen == f->stop_at)
		return error_set(err, EXIT_USAGE, "stop");
	make_row(&want, f->seen++);
	assert_memory_equal(row, &want, sizeof(want));
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = mem_calloc(1, sizeof(*f));
	struct stat st;
	int fd = -1;

	f->stop_at = -1;
	memcpy(f->dir, "/tmp/test_cache.XXXXXX", 23);
	assert_non_null(mkdtemp(f->dir));
	f->capture = mem_printf("%s/a b.pcap", f->dir);
	fd = open(f->capture, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	file_id_from_stat(&f->id, &st);
	*state = f;
	return 0;
}

static struct cache open_cache(const struct fixture *f, const char *version)
{
	static struct tshark tshark;
	static struct input in;
	static struct source source;
	struct error err = ERROR_INIT;
	struct cache c;

	tshark.version_text = (char *)(uintptr_t)version;
	in.found = &tshark;
	in.directory = (char *)(uintptr_t)f->dir;
	source.path = f->capture;
	source.id = f->id;
	assert_int_equal(cache_open(&c, &in, &source, &err), 0);
	return c;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");

	unlink(c.csv);
	unlink(c.places);
	unlink(c.json);
	unlink(c.index);
	unlink(c.outline);
	cache_release(&c);
	unlink(f->capture);
	/* Nothing else was left behind. */
	assert_int_equal(rmdir(f->dir), 0);
	free(f->capture);
	free(f);
	return 0;
}

static void store(const struct fixture *f)
{
	struct cache c = open_cache(f, "4.0.0");
	struct capture_info info = { .packets = 7,
				     .malformed = 1,
				     .has_time = 1,
				     .first_time = -1500000000,
				     .last_time = LATEST };
	struct error err = ERROR_INIT;
	struct row row;

	strlist_add(&info.warnings, "cut short");
	assert_int_equal(cache_lock(&c, &err), 0);
	assert_int_equal(cache_begin(&c, &err), 0);
	for (int i = 0; i < ROWS; i++) {
		make_row(&row, i);
		cache_put(&c, &row);
	}
	assert_int_equal(cache_commit(&c, &info, &err), 0);
	cache_release(&c);
	strlist_release(&info.warnings);
}

static int load(struct fixture *f, const char *version,
		struct capture_info *info, struct error *err)
{
	struct cache c = open_cache(f, version);
	int rc = -1;

	assert_int_equal(cache_lock(&c, err), 0);
	f->seen = 0;
	rc = cache_read(&c, take, f, info, err);
	cache_release(&c);
	return rc;
}

static void gives_back_what_was_put_in(void **state)
{
	struct fixture *f = *state;
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;

	assert_int_equal(load(f, "4.0.0", &info, &err), 0);
	store(f);
	assert_int_equal(load(f, "4.0.0", &info, &err), 1);
	assert_int_equal(f->seen, ROWS);
	assert_int_equal(info.packets, 7);
	assert_int_equal(info.tcp_packets, ROWS);
	assert_int_equal(info.malformed, 1);
	assert_true(info.has_time && info.from_cache && !info.complete);
	assert_true(info.first_time == -1500000000);
	assert_true(info.last_time == LATEST);
	assert_int_equal(info.warnings.n, 1);
	assert_string_equal(info.warnings.items[0], "cut short");
	capture_info_release(&info);
}

static void other_versions_and_files_miss(void **state)
{
	struct fixture *f = *state;
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;

	store(f);
	assert_int_equal(load(f, "4.0.1", &info, &err), 0);
	f->id.mtime_ns++;
	assert_int_equal(load(f, "4.0.0", &info, &err), 0);
	f->id.mtime_ns--;
	f->id.size++;
	assert_int_equal(load(f, "4.0.0", &info, &err), 0);
	assert_int_equal(f->seen, 0);
}

static void flip_bit(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char byte = 0;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* One flipped bit anywhere: no row comes out, and the files are removed. */
static void damage_is_found(void **state)
{
	struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;
	struct stat st = { .st_size = 1 };

	for (off_t at = 0; at < st.st_size; at += 13) {
		store(f);
		assert_int_equal(stat(c.csv, &st), 0);
		flip_bit(c.csv, at);
		assert_int_equal(load(f, "4.0.0", &info, &err), 0);
		assert_int_equal(f->seen, 0);
		assert_int_equal(access(c.csv, F_OK), -1);
		assert_int_equal(access(c.json, F_OK), -1);
	}
	cache_release(&c);
}

static void reader_can_stop(void **state)
{
	struct fixture *f = *state;
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;

	store(f);
	f->stop_at = 1;
	assert_int_equal(load(f, "4.0.0", &info, &err), -1);
	assert_int_equal(f->seen, 1);
	assert_int_equal(err.kind, EXIT_USAGE);
}

static void abandoned_files_vanish(void **state)
{
	struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");
	struct error err = ERROR_INIT;

	assert_int_equal(cache_lock(&c, &err), 0);
	assert_int_equal(cache_begin(&c, &err), 0);
	cache_release(&c); /* teardown finds an empty directory */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Rows of three streams, taking turns, enough for many runs of each. */
enum {
	MANY = 30000,
	STREAMS = 3
};

struct many {
	uint32_t frame; /* the last one */
	uint32_t only;	/* this stream, or all */
	uint64_t rows;
};

static void make_many(struct row *row, uint32_t frame)
{
	make_row(row, 1);
	row->frame = frame;
	row->stream = frame % 7 % STREAMS;
}

static int take_many(void *ctx, const struct row *row, struct error *err)
{
	struct many *m = ctx;
	struct row want;

	(void)err;
	assert_true(row->frame > m->frame);
	m->frame = row->frame;
	m->rows++;
	make_many(&want, row->frame);
	assert_memory_equal(row, &want, sizeof(want));
	assert_true(m->only == STREAMS || row->stream == m->only);
	return 0;
}

static void streams_are_found(void **state)
{
	const struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");
	struct capture_info info = { .packets = MANY };
	struct error err = ERROR_INIT;
	const uint32_t missing = 17;
	uint64_t sum = 0, of_first = 0;
	struct cache_rows rows;
	struct row row;

	assert_int_equal(cache_lock(&c, &err), 0);
	assert_int_equal(cache_begin(&c, &err), 0);
	for (uint32_t i = 1; i <= MANY; i++) {
		make_many(&row, i);
		cache_put(&c, &row);
	}
	assert_int_equal(cache_commit(&c, &info, &err), 0);
	assert_true(cache_open_rows(&c, c.rows_id, &rows));
	for (uint32_t s = 0; s <= STREAMS; s++) {
		struct many m = { .only = s };

		assert_int_equal(cache_rows_read(&rows, s < STREAMS ? &s : NULL,
						 1, take_many, &m, &err),
				 1);
		if (s == 0)
			of_first = m.rows;
		if (s < STREAMS)
			sum += m.rows;
		else
			assert_int_equal(m.rows, MANY);
	}
	assert_int_equal(sum, MANY);
	struct many none = { .only = STREAMS };

	assert_int_equal(
		cache_rows_read(&rows, &missing, 1, take_many, &none, &err), 1);
	assert_int_equal(none.rows, 0);
	/* Two of them, one named twice. */
	const uint32_t two[] = { 1, 1, 2 };
	struct many pair = { .only = STREAMS };

	assert_int_equal(cache_rows_read(&rows, two, 3, take_many, &pair, &err),
			 1);
	assert_int_equal(pair.rows, MANY - of_first);
	flip_bit(c.csv, 1000000);
	struct many rest = { .only = STREAMS };

	assert_int_equal(
		cache_rows_read(&rows, NULL, 0, take_many, &rest, &err), 0);
	assert_true(rest.rows < MANY);
	cache_rows_close(&rows);
	capture_info_release(&info);
	cache_release(&c);
}

/* A capture of so many packets of raw IPv4, at 24, 80, 136 and so on. */
enum {
	PACKETS = 500,
	RECORD = 56,
	ONE = 2 /* a stream of five */
};

static void write_capture(struct fixture *f)
{
	const uint32_t header[] = { 0xa1b2c3d4, 0x40002, 0, 0, 65535, 101 };
	int fd = open(f->capture, O_WRONLY | O_TRUNC);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, header, sizeof(header)), sizeof(header));
	for (uint32_t i = 1; i <= PACKETS; i++) {
		const uint32_t record[] = { 1600000000, i, 40, 40 };
		uint8_t packet[40] = { 0x45, [3] = 40, [8] = 64, 6, 10, 0,
				       0,    1,	       10,	 0, 0,	2 };

		packet[20] = (uint8_t)(i >> 8);
		packet[21] = (uint8_t)i;
		packet[32] = 0x50;
		assert_int_equal(write(fd, record, 16), 16);
		assert_int_equal(write(fd, packet, 40), 40);
	}
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	file_id_from_stat(&f->id, &st);
}

/* Every third one is kept as a row, the others by their places. */
static uint64_t store_places(const struct fixture *f)
{
	struct cache c = open_cache(f, "4.0.0");
	struct capture_info info = { .packets = PACKETS };
	struct error err = ERROR_INIT;
	struct row row;
	uint64_t id = 0;

	assert_int_equal(cache_lock(&c, &err), 0);
	assert_int_equal(cache_begin(&c, &err), 0);
	for (uint32_t i = 1; i <= PACKETS; i++) {
		make_row(&row, 0);
		row.frame = i;
		row.stream = i % 5;
		row.sport = (uint16_t)i;
		row.at = i % 3 ? 24 + (i - 1) * RECORD : 0;
		cache_put(&c, &row);
	}
	assert_int_equal(cache_commit(&c, &info, &err), 0);
	id = c.rows_id;
	cache_release(&c);
	return id;
}

static int take_either(void *ctx, const struct row *row, struct error *err)
{
	uint32_t *frame = ctx;

	(void)err;
	assert_int_equal(row->frame, ++*frame);
	assert_int_equal(row->stream, row->frame % 5);
	assert_int_equal(row->sport, row->frame);
	assert_int_equal(row->at > 0, row->frame % 3 > 0);
	return 0;
}

/* All of it; how many came. */
static uint32_t load_places(const struct fixture *f, int fd,
			    enum cache_result wanted)
{
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;
	struct cache c = open_cache(f, "4.0.0");
	struct source source = { .path = f->capture, .fd = fd, .id = f->id };
	uint32_t frame = 0;

	c.source = &source;
	assert_int_equal(cache_lock(&c, &err), 0);
	assert_int_equal(cache_read(&c, take_either, &frame, &info, &err),
			 wanted);
	cache_release(&c);
	capture_info_release(&info);
	return frame;
}

static void places_and_rows(void **state)
{
	struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");
	struct stat st = { .st_size = 1 };
	int fd = open(f->capture, O_RDWR);

	write_capture(f);
	for (off_t at = 0; at < st.st_size; at += 7) {
		store_places(f);
		assert_int_equal(stat(c.places, &st), 0);
		assert_int_equal(load_places(f, fd, CACHE_HIT), PACKETS);
		flip_bit(c.places, at);
		assert_int_equal(load_places(f, fd, CACHE_MISS), 0);
		assert_int_equal(access(c.places, F_OK), -1);
		assert_int_equal(access(c.json, F_OK), -1);
	}
	close(fd);
	cache_release(&c);
}

static void take_place(void *ctx, const struct packet_place *place)
{
	uint32_t *frame = ctx;

	*frame += 5; /* of each stream */
	assert_int_equal(place->frame, *frame);
	assert_int_equal(place->at,
			 *frame % 3 ? 24 + (*frame - 1) * RECORD : 0);
}

static off_t offset_of(const struct cache_rows *rows, enum run_kind kind)
{
	const struct run *r = rows->index.items;

	while (r->stream != ONE || r->kind != kind)
		r++;
	return (off_t)r->offset;
}

/* Those of one stream. */
static enum cache_result tell_places(const struct cache_rows *rows)
{
	const uint32_t stream = ONE;
	uint32_t frame = ONE - 5;
	enum cache_result result =
		cache_rows_places(rows, &stream, 1, take_place, &frame);

	assert_true(result == CACHE_MISS || frame == PACKETS - 3);
	return result;
}

/* The capture is not looked into, but it has to be the same. */
static void places_alone(void **state)
{
	const struct timespec later[2] = { { .tv_sec = 9 }, { .tv_sec = 9 } };
	struct fixture *f = *state;
	struct cache c = open_cache(f, "4.0.0");
	struct source source = { .path = f->capture,
				 .fd = open(f->capture, O_RDWR) };
	struct cache_rows rows;

	write_capture(f);
	for (int what = 0; what < 4; what++) {
		source.id = f->id;
		c.source = &source;
		c.rows_id = store_places(f);
		assert_true(cache_open_rows(&c, c.rows_id, &rows));
		assert_int_equal(tell_places(&rows), CACHE_HIT);
		switch (what) {
		case 0: /* longer */
			assert_int_equal(
				pwrite(source.fd, "more", 4, (off_t)f->id.size),
				4);
			assert_int_equal(tell_places(&rows), CACHE_HIT);
			assert_int_equal(
				ftruncate(source.fd, (off_t)f->id.size), 0);
			assert_int_equal(futimens(source.fd, later), 0);
			assert_int_equal(tell_places(&rows), CACHE_MISS);
			break;
		case 1: flip_bit(c.places, offset_of(&rows, RUN_PLACES)); break;
		case 2: flip_bit(c.csv, offset_of(&rows, RUN_ROWS)); break;
		case 3: assert_int_equal(truncate(c.places, 100), 0); break;
		}
		assert_int_equal(tell_places(&rows), CACHE_MISS);
		cache_rows_close(&rows);
		write_capture(f);
	}
	close(source.fd);
	cache_release(&c);
}

/* It was opened, and then became another one. */
static void captures_that_change(void **state)
{
	const struct timespec later[2] = { { .tv_sec = 9 }, { .tv_sec = 9 } };
	struct fixture *f = *state;
	int fd = open(f->capture, O_RDWR);

	write_capture(f);
	/* Longer: the packets are where they were. */
	store_places(f);
	assert_int_equal(pwrite(fd, "more", 4, (off_t)f->id.size), 4);
	assert_int_equal(load_places(f, fd, CACHE_HIT), PACKETS);
	/* Of the same size, with the same packets, but changed. */
	assert_int_equal(ftruncate(fd, (off_t)f->id.size), 0);
	assert_int_equal(futimens(fd, later), 0);
	assert_int_equal(load_places(f, fd, CACHE_ERROR), PACKETS);
	/* Shorter, at the end and at the first packet. */
	store_places(f);
	assert_int_equal(ftruncate(fd, 24 + 100 * RECORD), 0);
	assert_int_equal(load_places(f, fd, CACHE_ERROR), 100);
	store_places(f);
	assert_int_equal(ftruncate(fd, 30), 0);
	assert_int_equal(load_places(f, fd, CACHE_MISS), 0);
	close(fd);
}

static void outline_goes_with_rows(void **state)
{
	const struct fixture *f = *state;
	struct capture_info info = { .packets = 0 };
	struct error err = ERROR_INIT;
	struct cache c = open_cache(f, "4.0.0");
	struct cache_rows rows;
	char *text = NULL;
	size_t n = 0;
	uint64_t id = 0;

	cache_write_outline(&c, 1, "a\n", 2);
	assert_false(cache_read_outline(&c, &info, &text, &n));
	cache_release(&c);
	store(f);
	c = open_cache(f, "4.0.0");
	assert_false(cache_read_outline(&c, &info, &text, &n));
	{
		struct fixture all = *f;

		all.seen = 0;
		assert_int_equal(cache_read(&c, take, &all, &info, &err),
				 CACHE_HIT);
		id = info.rows_id;
		capture_info_release(&info);
	}
	assert_false(cache_open_rows(&c, id + 1, &rows));
	assert_true(cache_open_rows(&c, id, &rows));
	cache_rows_close(&rows);
	cache_write_outline(&c, id + 1, "a\n", 2);
	assert_false(cache_read_outline(&c, &info, &text, &n));
	cache_write_outline(&c, id, "a\n", 2);
	c.stale = true;
	assert_false(cache_read_outline(&c, &info, &text, &n));
	c.stale = false;
	assert_true(cache_read_outline(&c, &info, &text, &n));
	assert_int_equal(n, 2);
	assert_memory_equal(text, "a\n", 2);
	assert_int_equal(info.rows_id, id);
	free(text);
	capture_info_release(&info);
	cache_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_back_what_was_put_in),
		TEST(other_versions_and_files_miss),
		TEST(damage_is_found),
		TEST(reader_can_stop),
		TEST(abandoned_files_vanish),
		TEST(streams_are_found),
		TEST(places_and_rows),
		TEST(places_alone),
		TEST(captures_that_change),
		TEST(outline_goes_with_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
