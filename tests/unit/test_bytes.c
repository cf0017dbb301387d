/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file, however it holds them, against those that went in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "pcap/bytes.h"

enum {
	LARGE = 5 << 20 /* several windows */
};

struct buffer {
	uint8_t *bytes;
	size_t n, cap;
};

static void put(struct buffer *b, const void *bytes, size_t n)
{
	if (b->n + n > b->cap) {
		b->cap = mem_grow(b->cap, b->n + n);
		b->bytes = mem_realloc(b->bytes, b->cap, 1);
	}
	memcpy(b->bytes + b->n, bytes, n);
	b->n += n;
}

static uint32_t random_of(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Some of it packs well, some of it does not; it does not look like gzip. */
static struct buffer make_plain(size_t n, uint32_t seed)
{
	struct buffer b = { .n = n, .cap = n };

	b.bytes = mem_realloc(NULL, n ? n : 1, 1);
	for (size_t i = 0; i < n; i++)
		b.bytes[i] = i >> 12 & 1 ? (uint8_t)random_of(&seed)
					 : (uint8_t)(i >> 6);
	if (n)
		b.bytes[0] = 'P';
	return b;
}

/* A member of gzip for n bytes. */
static void put_gzip(struct buffer *to, const uint8_t *bytes, size_t n)
{
	uint8_t out[4096];
	z_stream z = { .next_in = (uint8_t *)bytes, .avail_in = (unsigned)n };
	int rc = Z_OK;

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	while (rc == Z_OK) {
		z.next_out = out;
		z.avail_out = sizeof(out);
		rc = deflate(&z, Z_FINISH);
		put(to, out, sizeof(out) - z.avail_out);
	}
	assert_int_equal(rc, Z_STREAM_END);
	deflateEnd(&z);
}

/* Members of all sizes, some of nothing, and one cut from the next anywhere. */
static struct buffer make_gzip(const struct buffer *plain, size_t members,
			       uint32_t seed)
{
	struct buffer b = { .n = 0 };
	size_t at = 0;

	while (members-- > 1) {
		size_t n = random_of(&seed) % (plain->n / 4 + 1);

		if (n > plain->n - at || n % 5 == 0)
			n = 0;
		put_gzip(&b, plain->bytes + at, n);
		at += n;
	}
	put_gzip(&b, plain->bytes + at, plain->n - at);
	return b;
}

static int file_with(const struct buffer *b)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);

	assert_int_equal(write(fd, b->bytes, b->n), b->n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static size_t some_size(uint32_t *seed)
{
	switch (random_of(seed) % 6) {
	case 0: return random_of(seed) % 4;
	case 1: return BYTES_LOOK - random_of(seed) % 3;
	case 2: return random_of(seed) % BYTES_LOOK;
	case 3: return random_of(seed) % 20000;
	default: return random_of(seed) % 64;
	}
}

/* What is at hand; how many bytes that were. */
static size_t take_some(struct bytes *b, const struct buffer *plain,
			uint64_t at)
{
	size_t n = 0;
	const uint8_t *p = bytes_some(b, &n);

	assert_true(n > 0 && n <= plain->n - at);
	assert_memory_equal(p, plain->bytes + at, n);
	bytes_skip(b, n);
	return n;
}

/* Look and skip at random, to the end: it has to be "plain", from here on. */
static void read_all(struct bytes *b, const struct buffer *plain, uint32_t seed)
{
	uint64_t at = 0;
	size_t left = 1;

	while (at < plain->n) {
		const size_t n = some_size(&seed);
		const uint8_t *p = bytes_look(b, n);

		assert_int_equal(b->at, at);
		assert_int_equal(p != NULL, n <= plain->n - at);
		if (p)
			assert_memory_equal(p, plain->bytes + at, n);
		assert_false(bytes_end(b));
		if (random_of(&seed) % 4 == 0)
			continue; /* look once more */
		if (random_of(&seed) % 16 == 0) {
			at += take_some(b, plain, at);
			continue;
		}
		if (!p)
			continue;
		bytes_skip(b, n);
		at += n;
	}
	assert_int_equal(b->at, plain->n);
	assert_true(bytes_end(b));
	assert_null(bytes_look(b, 1));
	assert_non_null(bytes_look(b, 0));
	bytes_some(b, &left);
	assert_int_equal(left, 0);
}

static void read_fd(int fd, off_t start, const struct buffer *plain,
		    uint32_t seed)
{
	struct bytes b;

	bytes_open(&b, fd, start);
	read_all(&b, plain, seed);
	assert_false(b.is_damaged);
	bytes_close(&b);
}

static void files(void **state)
{
	static const size_t sizes[] = { 0,	    1,
					2,	    3,
					17,	    65,
					65534,	    65535,
					65536,	    BYTES_LOOK - 1,
					BYTES_LOOK, BYTES_LOOK + 1,
					LARGE };

	(void)state;
	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct buffer plain = make_plain(sizes[i], i);
		int fd = file_with(&plain);

		read_fd(fd, 0, &plain, i);
		assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
		close(fd);
		for (size_t members = 1; members < 20; members += 6) {
			struct buffer z = make_gzip(&plain, members, i);

			fd = file_with(&z);
			read_fd(fd, 0, &plain, i + 7);
			assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
			close(fd);
			free(z.bytes);
		}
		free(plain.bytes);
	}
}

static void from_offset(void **state)
{
	static const char before[] = "what is not asked for";
	struct buffer plain = make_plain(100000, 3);

	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		struct buffer all = { .n = 0 };
		int fd = -1;

		put(&all, before, sizeof(before));
		if (packed)
			put_gzip(&all, plain.bytes, plain.n);
		else
			put(&all, plain.bytes, plain.n);
		fd = file_with(&all);
		assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
		read_fd(fd, sizeof(before), &plain, 4);
		assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
		close(fd);
		free(all.bytes);
	}
	free(plain.bytes);
}

/* Near and far, forward and back: the bytes there are the same. */
static void any_order(void **state)
{
	static const uint64_t reach[] = { 100, 9000, 70000, LARGE };
	struct buffer plain = make_plain(LARGE, 21);
	int fd = file_with(&plain);
	uint32_t seed = 22;
	struct bytes b;

	(void)state;
	bytes_open(&b, fd, 0);
	for (int i = 0; i < 20000; i++) {
		const uint64_t on = random_of(&seed) % reach[i / 50 % 4];
		const size_t n = random_of(&seed) % (i % 100 ? 300 : 300000);
		uint64_t at = i % 16 ? b.at + on : random_of(&seed) % plain.n;
		const uint8_t *p = NULL;

		if (at > plain.n)
			at %= plain.n;
		assert_true(bytes_go(&b, at));
		assert_int_equal(b.at, at);
		p = bytes_look(&b, n);
		assert_int_equal(p != NULL, n <= plain.n - at);
		if (p)
			assert_memory_equal(p, plain.bytes + at, n);
	}
	bytes_close(&b);
	close(fd);
	free(plain.bytes);
}

static void nowhere_to_go(void **state)
{
	struct buffer plain = make_plain(200000, 23);
	struct buffer z = make_gzip(&plain, 3, 24);
	int fd = file_with(&plain), packed = file_with(&z);
	struct bytes b;

	(void)state;
	bytes_open(&b, fd, 100);
	assert_false(bytes_go(&b, UINT64_MAX));
	assert_false(bytes_go(&b, INT64_MAX));
	assert_true(bytes_go(&b, INT64_MAX - 100));
	assert_null(bytes_look(&b, 1));
	assert_true(bytes_go(&b, 0));
	assert_memory_equal(bytes_look(&b, 1000), plain.bytes + 100, 1000);
	bytes_close(&b);
	bytes_open(&b, packed, 0);
	assert_false(bytes_go(&b, 150000));
	read_all(&b, &plain, 25);
	bytes_close(&b);
	close(fd);
	close(packed);
	free(plain.bytes);
	free(z.bytes);
}

/* Somebody who writes into a pipe, in pieces, and not at once. */
struct writer {
	int fd;
	const struct buffer *what;
};

static void *write_slowly(void *ctx)
{
	const struct writer *w = ctx;
	const struct timespec pause = { .tv_nsec = 200000 };
	uint32_t seed = 9;
	size_t at = 0;

	while (at < w->what->n) {
		size_t n = 1 + (at ? random_of(&seed) % 200000 : 0);

		if (n > w->what->n - at)
			n = w->what->n - at;
		ssize_t done = write(w->fd, w->what->bytes + at, n);

		if (done < 0)
			break;
		at += (size_t)done;
		nanosleep(&pause, NULL);
	}
	close(w->fd);
	return NULL;
}

static void pipes(void **state)
{
	struct buffer plain = make_plain(LARGE / 2, 11);
	struct buffer z = make_gzip(&plain, 7, 12);

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct writer w = { .what = i & 1 ? &z : &plain };
		pthread_t thread;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		if (i & 2)
			assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK),
					 0);
		w.fd = ends[1];
		assert_int_equal(
			pthread_create(&thread, NULL, write_slowly, &w), 0);
		read_fd(ends[0], 0, &plain, 13);
		pthread_join(thread, NULL);
		close(ends[0]);
	}
	free(plain.bytes);
	free(z.bytes);
}

/* How many bytes come out of it; those are the first ones of "plain". */
static size_t unpack(const struct buffer *z, const struct buffer *plain,
		     bool *damaged)
{
	struct bytes b;
	int fd = file_with(z);

	bytes_open(&b, fd, 0);
	while (!bytes_end(&b)) {
		const uint8_t *p = bytes_look(&b, 1);

		assert_true(b.at < plain->n);
		assert_int_equal(*p, plain->bytes[b.at]);
		bytes_skip(&b, 1);
	}
	size_t n = (size_t)b.at;

	*damaged = b.is_damaged;
	bytes_close(&b);
	close(fd);
	return n;
}

static void cut(void **state)
{
	struct buffer plain = make_plain(6000, 21), z = { .n = 0 };
	size_t first = 0, before = 0;
	bool damaged = false;

	(void)state;
	put_gzip(&z, plain.bytes, 3000);
	first = z.n;
	put_gzip(&z, plain.bytes + 3000, 3000);
	for (size_t n = 2; n <= z.n; n++) {
		const struct buffer some = { .bytes = z.bytes, .n = n };
		size_t got = unpack(&some, &plain, &damaged);

		assert_int_equal(damaged, n != first && n != z.n);
		assert_true(got >= before);
		assert_true(n < first || got >= 3000);
		before = got;
	}
	assert_int_equal(before, 6000);
	free(plain.bytes);
	free(z.bytes);
}

/* What follows is no member: all that was one is there all the same. */
static void garbage_behind(void **state)
{
	static const char *const behind[] = { "x", "garbage behind it",
					      "\x1f\x8b",
					      "\x1f\x8b\x09garbage" };
	static const uint8_t zeros[512];
	struct buffer plain = make_plain(6000, 22);
	bool damaged = false;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct buffer z = { .n = 0 };

		put_gzip(&z, plain.bytes, plain.n);
		if (i < 4)
			put(&z, behind[i], strlen(behind[i]));
		else
			put(&z, zeros, sizeof(zeros));
		assert_int_equal(unpack(&z, &plain, &damaged), plain.n);
		assert_true(damaged);
		free(z.bytes);
	}
	free(plain.bytes);
}

/* Any bit: the bytes are as they were, or it is said that they may not be. */
static void bits_that_fell(void **state)
{
	enum {
		HEADER = 10, /* name, time and system may be anything */
		UNUSED = 7   /* bits at most, behind the packed data */
	};
	struct buffer plain = make_plain(700, 23), z = { .n = 0 };
	int unnoticed = 0;

	(void)state;
	put_gzip(&z, plain.bytes, plain.n);
	for (size_t i = 8 * HEADER; i < 8 * z.n; i++) {
		bool same = true;
		struct bytes b;
		int fd = -1;

		z.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
		fd = file_with(&z);
		bytes_open(&b, fd, 0);
		for (const uint8_t *p; (p = bytes_look(&b, 1));
		     bytes_skip(&b, 1))
			same &= b.at < plain.n && *p == plain.bytes[b.at];
		unnoticed += !b.is_damaged;
		assert_true(b.is_damaged || (same && b.at == plain.n));
		bytes_close(&b);
		close(fd);
		z.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_true(unnoticed <= UNUSED);
	free(plain.bytes);
	free(z.bytes);
}

/* Two bytes make gzip; one does not. */
static void short_of_gzip(void **state)
{
	struct buffer one = { .bytes = (uint8_t *)"\x1f", .n = 1 };
	struct buffer two = { .bytes = (uint8_t *)"\x1f\x8b", .n = 2 };
	struct buffer other = { .bytes = (uint8_t *)"\x1f\x8c\x08", .n = 3 };
	bool damaged = true;

	(void)state;
	assert_int_equal(unpack(&one, &one, &damaged), 1);
	assert_false(damaged);
	assert_int_equal(unpack(&other, &other, &damaged), 3);
	assert_false(damaged);
	assert_int_equal(unpack(&two, &two, &damaged), 0);
	assert_true(damaged);
}

/* What cannot be read is as good as empty. */
static void no_file(void **state)
{
	struct bytes b;

	(void)state;
	bytes_open(&b, -1, 0);
	assert_true(bytes_end(&b));
	assert_null(bytes_look(&b, 1));
	bytes_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(from_offset),
		cmocka_unit_test(any_order),
		cmocka_unit_test(nowhere_to_go),
		cmocka_unit_test(pipes),
		cmocka_unit_test(cut),
		cmocka_unit_test(garbage_behind),
		cmocka_unit_test(bits_that_fell),
		cmocka_unit_test(short_of_gzip),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
