/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that are made again, against those that were made at first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "read/native.h"
#include "read/reread.h"
#include "read/source.h"

enum {
	ETHERNET = 1,
	RAW = 101,
	HEADERS = 40, /* bytes of IPv4 and TCP */
	SIZE = 60000, /* bytes of a packet that is large */
	FAR_APART = 200
};

struct rows {
	struct row *items;
	size_t n, cap, placed;
};

static int take(void *ctx, const struct row *row, struct error *err)
{
	struct rows *rows = ctx;

	(void)err;
	*MEM_PUSH(rows->items, rows->n, rows->cap) = *row;
	rows->placed += row->at > 0;
	return 0;
}

/* All rows of a source, as they are without tshark. */
static struct rows read_source(const struct source *source)
{
	struct input in = { .reader = READER_CHOICE_NATIVE };
	struct rows rows = { .items = NULL };
	struct read_job job = {
		.in = &in, .source = source, .fn = take, .ctx = &rows
	};
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;

	if (source->reader == &native_reader)
		(void)!native_reader.read(&job, &info, &err);
	capture_info_release(&info);
	return rows;
}

static void same_row(const struct row *a, const struct row *b)
{
	assert_memory_equal(a, b, offsetof(struct row, interface));
	assert_string_equal(a->interface, b->interface);
	assert_memory_equal(a->options, b->options, a->n_options);
}

/* Those that have a place, every so many of them, from "first" on. */
static void reread(const struct source *source, const struct rows *rows,
		   size_t first, size_t every)
{
	struct reread r;
	const int rc = reread_open(&r, source->fd, source->start);

	for (size_t i = first; i < rows->n; i += every) {
		const struct row *row = &rows->items[i];

		if (!row->at)
			continue;
		assert_int_equal(rc, 0);
		assert_int_equal(
			reread_row(&r, row->frame, row->at, row->stream), 0);
		same_row(&r.row, row);
	}
	reread_close(&r);
}

static size_t compare(const struct source *source)
{
	struct rows rows = read_source(source);
	const size_t placed = rows.placed;

	reread(source, &rows, 0, 1);
	reread(source, &rows, 1, 3);
	reread(source, &rows, rows.n / 2, rows.n / 7 + 1);
	free(rows.items);
	return placed;
}

static size_t with_places, without;

static int compare_file(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	struct error err = ERROR_INIT;
	struct source source;

	(void)ftw;
	if (type != FTW_F || st->st_size > 20 << 20)
		return 0;
	if (source_open(&source, path, READER_CHOICE_NATIVE, &err) == 0) {
		if (compare(&source))
			with_places++;
		else
			without++;
	}
	source_close(&source);
	return 0;
}

static void captures(void **state)
{
	(void)state;
	assert_int_equal(nftw("testdata", compare_file, 16, FTW_PHYS), 0);
	assert_true(with_places > 100);
	assert_true(without > 10); /* in gzip, of tshark's, exports */
}

/* Files that are written here, all in the byte order of the machine. */
struct file {
	int fd;
	off_t at;
};

static struct file make(void)
{
	struct file f = { .fd = memfd_create("reread", MFD_CLOEXEC) };

	assert_true(f.fd >= 0);
	return f;
}

static void put(struct file *f, const void *bytes, size_t n)
{
	assert_int_equal(pwrite(f->fd, bytes, n, f->at), n);
	f->at += (off_t)n;
}

static void put_words(struct file *f, const uint32_t *words, size_t n)
{
	put(f, words, n * sizeof(*words));
}

/* Of so many bytes; the port tells one from another. */
static void put_tcp(struct file *f, uint16_t port, uint32_t n)
{
	static uint8_t packet[SIZE];

	memset(packet, 0, HEADERS);
	packet[0] = 0x45;
	packet[2] = (uint8_t)(n >> 8);
	packet[3] = (uint8_t)n;
	packet[8] = 64;
	packet[9] = 6;
	packet[12] = packet[16] = 10;
	packet[20] = (uint8_t)(port >> 8);
	packet[21] = (uint8_t)port;
	packet[32] = 0x50;
	put(f, packet, n);
}

static void put_pcap(struct file *f)
{
	const uint32_t words[] = { 0xa1b2c3d4, 0x40002, 0, 0, 262144, RAW };

	put_words(f, words, 6);
}

static void put_record(struct file *f, uint16_t port, uint32_t n)
{
	const uint32_t words[] = { 1600000000u + port, port, n, n };

	put_words(f, words, 4);
	put_tcp(f, port, n);
}

static void put_section(struct file *f)
{
	const uint32_t words[] = { 0x0a0d0d0a, 28,	   0x1a2b3c4d, 1,
				   UINT32_MAX, UINT32_MAX, 28 };

	put_words(f, words, 7);
}

static void put_interface(struct file *f, const char name[4])
{
	uint32_t words[] = { 1, 32, RAW, 0, 4 << 16 | 2, 0, 0, 32 };

	memcpy(&words[5], name, 4);
	put_words(f, words, 8);
}

static void put_packet(struct file *f, uint32_t interface, uint16_t port,
		       uint32_t n)
{
	const uint32_t size = 32 + n;
	const uint32_t words[] = { 6, size, interface, 372529, port, n, n };

	put_words(f, words, 7);
	put_tcp(f, port, n);
	put_words(f, &size, 1);
}

/* All that is in it is compared; how many of its rows have a place. */
static size_t finish(struct file *f)
{
	const struct source source = { .path = "here",
				       .fd = f->fd,
				       .is_file = true,
				       .reader = &native_reader };
	const size_t placed = compare(&source);

	close(f->fd);
	return placed;
}

static void large_packets(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct file f = make();

		if (ng) {
			put_section(&f);
			put_interface(&f, "eth0");
		} else {
			put_pcap(&f);
		}
		for (uint16_t i = 1; i <= FAR_APART; i++) {
			uint32_t n = i % 3 == 0 ? SIZE : HEADERS + i % 8 * 40u;

			if (ng)
				put_packet(&f, 0, i, n);
			else
				put_record(&f, i, n);
		}
		assert_int_equal(finish(&f), FAR_APART);
	}
}

/* Only what is said before the first packet is known when one is read again. */
static void late_interfaces(void **state)
{
	struct file f = make();

	(void)state;
	put_section(&f);
	put_interface(&f, "eth0");
	put_interface(&f, "eth1");
	put_packet(&f, 1, 1, HEADERS);
	put_packet(&f, 0, 2, HEADERS);
	put_interface(&f, "eth2");
	put_packet(&f, 2, 3, HEADERS);
	put_packet(&f, 0, 4, HEADERS);
	assert_int_equal(finish(&f), 2);
}

static void two_sections(void **state)
{
	struct file f = make();

	(void)state;
	for (uint16_t i = 0; i < 2; i++) {
		put_section(&f);
		put_interface(&f, i ? "eth1" : "eth0");
		put_packet(&f, 0, i, HEADERS);
	}
	assert_int_equal(finish(&f), 1);
}

/* What is not where it was is no row, nor is anything outside of the file. */
static void wrong_places(void **state)
{
	static const uint64_t wrong[] = { 0,  1,	 23,	       25,
					  96, INT64_MAX, INT64_MAX - 1 };
	struct file f = make();
	struct reread r;

	(void)state;
	put_pcap(&f);
	put_record(&f, 1, HEADERS);
	put_record(&f, 2, HEADERS);
	assert_int_equal(reread_open(&r, f.fd, 0), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(reread_row(&r, 1, wrong[i], 0), -1);
	assert_int_equal(reread_row(&r, 0, 24, 0), -1);
	assert_int_equal(reread_row(&r, 2, 80, 5), 0);
	assert_int_equal(r.row.stream, 5);
	assert_int_equal(reread_row(&r, 1, 24, 0), 0);
	assert_int_equal(r.row.sport, 1);
	reread_close(&r);
	/* Shorter by now. */
	for (off_t size = f.at - 1; size >= 0; size--) {
		assert_int_equal(ftruncate(f.fd, size), 0);
		/* As long as the first packet is there. */
		assert_int_equal(reread_open(&r, f.fd, 0), size < 80 ? -1 : 0);
		if (size >= 80)
			assert_int_equal(reread_row(&r, 2, 80, 0), -1);
		reread_close(&r);
	}
	close(f.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures),
		cmocka_unit_test(large_packets),
		cmocka_unit_test(late_interfaces),
		cmocka_unit_test(two_sections),
		cmocka_unit_test(wrong_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
