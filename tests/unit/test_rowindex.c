/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the cache, stream by stream, and an index that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cache/rowindex.h"

#define HEADER "stream,first_frame,rows,places,offset,bytes,xxh3\n"

static void make_row(struct row *row, uint32_t frame, uint32_t stream)
{
	*row = (struct row){ .present = ROW_HAS_TCP };
	row->frame = frame;
	row->time = frame;
	row->src = (struct address){ { 10, 0, 0, 1 }, 4 };
	row->dst = (struct address){ { 10, 0, 0, 2 }, 4 };
	row->stream = stream;
}

static void an_index_that_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"stream,first_frame\n",
		HEADER "0,1,1,0,0,10,0",
		HEADER "0,1,1,0,0,10\n",
		HEADER "0,1,1,0,0,10,\n",
		HEADER "0,1,1,0,0,10,0,0\n",
		HEADER "0,1,1,0,0,10,10000000000000000\n",
		HEADER "x,1,1,0,0,10,0\n",
		HEADER "4294967296,1,1,0,0,10,0\n",
		HEADER "0,1,1,2,0,10,0\n",
		HEADER "0,1,1,,0,10,0\n",
		HEADER "0,1,1,0,9223372036854775808,10,0\n",
		HEADER "0,1,1,0,0,10,0\n\n",
	};
	struct rowindex runs;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (rowindex_parse(&runs, bad[i], strlen(bad[i])) == 0)
			fail_msg("taken for an index: %s", bad[i]);
		assert_null(runs.items);
		assert_int_equal(runs.n, 0);
	}
}

/* Files to write rows and places to. */
struct pair {
	FILE *streams[RUN_KINDS];
};

static struct pair open_pair(void)
{
	struct pair p = { { tmpfile(), tmpfile() } };

	assert_non_null(p.streams[RUN_ROWS]);
	assert_non_null(p.streams[RUN_PLACES]);
	return p;
}

static void close_pair(struct pair *p)
{
	for (int k = 0; k < RUN_KINDS; k++)
		fclose(p->streams[k]);
}

/* To be read, with a capture in which there is nothing. */
static struct rowindex_files files_of(const struct pair *p)
{
	struct rowindex_files files = { .capture = -1 };

	for (int k = 0; k < RUN_KINDS; k++) {
		assert_int_equal(fflush(p->streams[k]), 0);
		files.fd[k] = fileno(p->streams[k]);
	}
	return files;
}

static int count(void *ctx, const struct row *row, struct error *err)
{
	uint32_t *last = ctx;

	(void)err;
	assert_int_equal(row->frame, *last + 1);
	*last = row->frame;
	return 0;
}

/* Rows of a stream that has few wait until there are many of all. */
static void many_streams(void **state)
{
	enum {
		STREAMS = 3000,
		ROWS = 250000
	};
	struct pair p = open_pair();
	struct rowindex_files files;
	struct rowindex_writer w;
	struct error err = ERROR_INIT;
	uint64_t rows = 0;
	uint32_t last = 0;

	(void)state;
	rowindex_writer_init(&w, p.streams);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct row row;

		make_row(&row, i + 1, i % STREAMS);
		rowindex_put(&w, &row);
		assert_true(w.waiting < 8 << 20);
	}
	rowindex_flush(&w);
	assert_int_equal(w.failed, 0);
	files = files_of(&p);
	assert_true(w.runs.n > STREAMS);
	assert_false(rowindex_has(&w.runs, RUN_PLACES));
	assert_true(rowindex_agree(&w.runs, &files));
	assert_int_equal(
		rowindex_read(&w.runs, &files, count, &last, &rows, &err),
		ROWINDEX_READ);
	assert_int_equal(rows, ROWS);
	rowindex_writer_release(&w);
	close_pair(&p);
}

static void count_place(void *ctx, const struct packet_place *place)
{
	uint32_t *last = ctx;

	assert_int_equal(place->frame, *last + 1);
	assert_int_equal(place->at,
			 place->frame % 3 ? place->frame * UINT64_C(100) : 0);
	*last = place->frame;
}

/* Every third one is kept as a row; of a capture in which there is nothing. */
static void places_of_both_kinds(void **state)
{
	enum {
		STREAMS = 7,
		ROWS = 100000
	};
	struct pair p = open_pair();
	struct rowindex_files files;
	struct rowindex_writer w;
	struct rowindex some;
	const uint32_t missing = STREAMS;
	uint64_t rows = 0;
	uint32_t last = 0;

	(void)state;
	rowindex_writer_init(&w, p.streams);
	for (uint32_t i = 1; i <= ROWS; i++) {
		struct row row;

		make_row(&row, i, i * i % STREAMS);
		row.at = i % 3 ? i * UINT64_C(100) : 0;
		rowindex_put(&w, &row);
	}
	rowindex_flush(&w);
	assert_int_equal(w.failed, 0);
	files = files_of(&p);
	assert_true(w.runs.n > 2 * 4); /* several of each stream and kind */
	assert_int_equal(
		rowindex_places(&w.runs, &files, count_place, &last, &rows),
		ROWINDEX_READ);
	assert_int_equal(rows, ROWS);
	assert_int_equal(last, ROWS);
	rowindex_select(&w.runs, &missing, 1, &some);
	assert_int_equal(
		rowindex_places(&some, &files, count_place, &last, &rows),
		ROWINDEX_READ);
	assert_int_equal(rows, ROWS);
	/* Of neither file can a byte be another one. */
	for (int k = 0; k < RUN_KINDS; k++) {
		assert_int_equal(
			pwrite(files.fd[k], "~", 1, (off_t)w.out[k].size - 2),
			1);
		last = 0;
		assert_int_equal(rowindex_places(&w.runs, &files, count_place,
						 &last, &rows),
				 ROWINDEX_BAD);
	}
	rowindex_writer_release(&w);
	close_pair(&p);
}

static void note_place(void *ctx, const struct packet_place *place)
{
	uint64_t *n = ctx;

	++*n;
	assert_true(place->frame > 0);
}

/* A file that is just these bytes, with an index that agrees. */
static enum rowindex_result read_bytes(enum run_kind kind, const char *bytes,
				       size_t n, uint64_t *rows)
{
	struct pair p = open_pair();
	struct rowindex_files files;
	struct run run = { .first_frame = 1,
			   .rows = 1,
			   .kind = kind,
			   .bytes = n,
			   .hash = XXH3_64bits(bytes, n) };
	struct rowindex runs = { .items = &run, .n = 1 };
	struct error err = ERROR_INIT;
	uint32_t last = 0;
	uint64_t told = 0, noted = 0;
	enum rowindex_result result = ROWINDEX_STOPPED, places = result;

	assert_int_equal(fwrite(bytes, 1, n, p.streams[kind]), n);
	files = files_of(&p);
	assert_true(rowindex_agree(&runs, &files));
	*rows = 0;
	result = rowindex_read(&runs, &files, count, &last, rows, &err);
	places = rowindex_places(&runs, &files, note_place, &noted, &told);
	assert_int_equal(noted, told);
	/* Where they are can be told of rows that are none, and the capture
	   is not looked at. */
	assert_true(places == result ||
		    (places == ROWINDEX_READ && told == 1 && *rows == 0));
	/* What is not there has no hash that agrees. */
	run.bytes++;
	assert_false(rowindex_agree(&runs, &files));
	close_pair(&p);
	return result;
}

static enum rowindex_result read_text(const char *text, uint64_t *rows)
{
	return read_bytes(RUN_ROWS, text, strlen(text), rows);
}

/* Of a capture that is none, or places that are none. */
static void places_of_nothing(void **state)
{
	static const char *const bad[] = { "", "\1", "\1\x18", "\x81" };
	uint64_t rows = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
			read_bytes(RUN_PLACES, bad[i], strlen(bad[i]), &rows),
			ROWINDEX_BAD);
		assert_int_equal(rows, 0);
	}
}

static void rows_that_are_none(void **state)
{
	static const char *const bad[] = {
		"",
		"2,",
		"x\n",
		"99999999999,1.0,\n",
	};
	struct rowcsv csv;
	struct row row;
	struct strbuf good = STRBUF_INIT, more = STRBUF_INIT;
	uint64_t rows = 0;

	(void)state;
	rowcsv_init(&csv);
	make_row(&row, 1, 0);
	rowcsv_print(&csv, &row, &good);
	assert_int_equal(read_text(good.text, &rows), ROWINDEX_READ);
	assert_int_equal(rows, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(read_text(bad[i], &rows), ROWINDEX_BAD);
		assert_int_equal(rows, 0);
	}
	/* A line whose number no frame has comes after a row that is right. */
	strbuf_puts(&more, good.text);
	strbuf_puts(&more, "4294967296,\n");
	assert_int_equal(read_text(more.text, &rows), ROWINDEX_BAD);
	assert_int_equal(rows, 1);
	strbuf_release(&more);
	strbuf_release(&good);
}

static void streams_that_are_too_many(void **state)
{
	struct pair p = open_pair();
	struct rowindex_writer w;
	struct row row;

	(void)state;
	rowindex_writer_init(&w, p.streams);
	make_row(&row, 1, 1 << 24);
	rowindex_put(&w, &row);
	assert_int_equal(w.failed, EOVERFLOW);
	make_row(&row, 2, 0);
	rowindex_put(&w, &row);
	rowindex_flush(&w);
	assert_int_equal(w.rows, 0);
	assert_int_equal(w.runs.n, 0);
	rowindex_writer_release(&w);
	close_pair(&p);
}

/* On a disk that is full the first error is kept, whichever file it is. */
static void a_disk_that_is_full(void **state)
{
	(void)state;
	for (int full = 0; full < RUN_KINDS; full++) {
		struct pair p = open_pair();
		struct rowindex_writer w;
		struct row row;

		fclose(p.streams[full]);
		p.streams[full] = fopen("/dev/full", "we");
		assert_non_null(p.streams[full]);
		setvbuf(p.streams[full], NULL, _IONBF, 0);
		rowindex_writer_init(&w, p.streams);
		assert_int_equal(w.failed, ENOSPC);
		make_row(&row, 1, 0);
		rowindex_put(&w, &row);
		rowindex_flush(&w);
		assert_int_equal(w.failed, ENOSPC);
		rowindex_writer_release(&w);
		close_pair(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_that_is_none),
		cmocka_unit_test(many_streams),
		cmocka_unit_test(places_of_both_kinds),
		cmocka_unit_test(rows_that_are_none),
		cmocka_unit_test(places_of_nothing),
		cmocka_unit_test(streams_that_are_too_many),
		cmocka_unit_test(a_disk_that_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
