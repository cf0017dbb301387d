/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files from record to record, in both byte orders, whole and cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pcap/walk.h"

enum {
	ROOM = 4096,
	ETHERNET = 1,
	RAW = 101
};

struct file {
	uint8_t bytes[ROOM];
	size_t n;
	int swapped;
};

static void put32(struct file *f, uint32_t v)
{
	if (f->swapped)
		v = __builtin_bswap32(v);
	memcpy(f->bytes + f->n, &v, sizeof(v));
	f->n += sizeof(v);
}

static void put16(struct file *f, uint16_t v)
{
	if (f->swapped)
		v = __builtin_bswap16(v);
	memcpy(f->bytes + f->n, &v, sizeof(v));
	f->n += sizeof(v);
}

/* "n" bytes of a packet, each with its number; n is a multiple of four. */
static void put_bytes(struct file *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f->bytes[f->n++] = (uint8_t)i;
}

/* A block of "words" words between its lengths, the first of which is "v". */
static void put_block(struct file *f, uint32_t type, uint32_t v, size_t words)
{
	uint32_t size = 12 + 4 * (uint32_t)words;

	put32(f, type);
	put32(f, size);
	for (size_t i = 0; i < words; i++)
		put32(f, i ? 0 : v);
	put32(f, size);
}

static void put_interface(struct file *f, uint16_t link)
{
	put32(f, 1);
	put32(f, 20);
	put16(f, link);
	put16(f, 0);
	put32(f, 0);
	put32(f, 20);
}

static void put_packet(struct file *f, uint32_t interface, size_t n)
{
	uint32_t size = 32 + (uint32_t)n;

	put32(f, 6);
	put32(f, size);
	put32(f, interface);
	put32(f, 0);
	put32(f, 0);
	put32(f, (uint32_t)n);
	put32(f, (uint32_t)n + 100);
	put_bytes(f, n);
	put32(f, size);
}

static void make_pcap(struct file *f, uint32_t magic)
{
	put32(f, magic);
	put16(f, 2);
	put16(f, 4);
	put32(f, 0);
	put32(f, 0);
	put32(f, 65535);
	put32(f, RAW);
	for (size_t n = 0; n <= 400; n += 200) {
		put32(f, 0);
		put32(f, 0);
		put32(f, (uint32_t)n);
		put32(f, (uint32_t)n + 100);
		put_bytes(f, n);
	}
}

/* Two sections, the second of which has an interface of another kind. */
static void make_pcapng(struct file *f)
{
	put_block(f, 0x0a0d0d0a, 0x1a2b3c4d, 4);
	put_interface(f, ETHERNET);
	put_interface(f, RAW);
	put_packet(f, 1, 200);
	put_block(f, 4, 0, 1);
	put_packet(f, 0, 8);
	put_block(f, 0x0a0d0d0a, 0x1a2b3c4d, 4);
	put_interface(f, RAW);
	put_packet(f, 0, 0);
	put_block(f, 3, 0, 2);
	put_block(f, 2, 0, 6);
	put_block(f, 5, 0, 2);
	put_block(f, 0x0bad, 0, 0);
}

/* The records as letters, "!" where it is damaged, "?" where it is none. */
static const char *walk(const struct file *f, size_t n)
{
	static char out[64];
	int fd = memfd_create("walk", MFD_CLOEXEC), rc = 0;
	struct pcap_walk w;
	struct pcap_record r;
	uint64_t at = 0;
	size_t k = 0;

	assert_int_equal(write(fd, f->bytes, n), n);
	if (pcap_walk_open(&w, fd) < 0) {
		pcap_walk_close(&w);
		close(fd);
		return "?";
	}
	while ((rc = pcap_walk_next(&w, &r)) > 0) {
		assert_int_equal(r.from, at);
		assert_true(r.to > at && r.to <= n);
		at = r.to;
		out[k++] = "SIPONU"[r.kind];
		if (r.kind != PCAP_PACKET)
			continue;
		out[k++] = r.link == RAW ? 'r' : r.link == ETHERNET ? 'e' : '?';
		assert_int_equal(r.length, r.captured + 100);
		assert_int_equal(r.n, r.captured < PCAP_LOOK ? r.captured
							     : PCAP_LOOK);
		for (size_t i = 0; i < r.n; i++)
			assert_int_equal(r.bytes[i], i);
	}
	if (rc < 0)
		out[k++] = '!';
	else
		assert_int_equal(at, n);
	out[k] = '\0';
	pcap_walk_close(&w);
	close(fd);
	return out;
}

static void formats(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct file f = { .swapped = swapped }, ns = f, ng = f;

		make_pcap(&f, 0xa1b2c3d4);
		assert_string_equal(walk(&f, f.n), "SPrPrPr");
		make_pcap(&ns, 0xa1b23c4d);
		assert_string_equal(walk(&ns, ns.n), "SPrPrPr");
		make_pcapng(&ng);
		assert_string_equal(walk(&ng, ng.n), "SIIPrNPeSIPrOONU");
	}
}

/* What is before the cut is there, and that there is one is said. */
static void cut_anywhere(void **state)
{
	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct file f = { .n = 0 };
		char whole[64];

		if (ng)
			make_pcapng(&f);
		else
			make_pcap(&f, 0xa1b2c3d4);
		snprintf(whole, sizeof(whole), "%s", walk(&f, f.n));
		for (size_t n = 0; n < f.n; n++) {
			const char *now = walk(&f, n);
			size_t same = strcspn(now, "!");

			assert_true(n >= 4 || strcmp(now, "?") == 0);
			if (n < 4)
				continue;
			assert_memory_equal(now, whole, same);
			assert_true(now[same] == '!' || same < strlen(whole));
		}
	}
}

static void damage(void **state)
{
	struct file f = { .n = 0 };
	uint32_t v = 0;

	(void)state;
	make_pcapng(&f);
	f.bytes[f.n - 4]++; /* the length at the end of the last block */
	assert_string_equal(walk(&f, f.n), "SIIPrNPeSIPrOON!");
	f.bytes[f.n - 4]--;
	memset(f.bytes + 8, 0, 4); /* no byte order */
	assert_string_equal(walk(&f, f.n), "!");
	f = (struct file){ .n = 0 };
	make_pcapng(&f);
	v = UINT32_MAX - 3; /* the length of the first packet's block */
	memcpy(f.bytes + 28 + 20 + 20 + 4, &v, sizeof(v));
	assert_string_equal(walk(&f, f.n), "SII!");
	f = (struct file){ .n = 0 };
	make_pcapng(&f);
	f.bytes[28 + 20 + 20 + 8] = 2; /* an interface that is not there */
	assert_string_equal(walk(&f, f.n), "SII!");
	f = (struct file){ .n = 0 };
	make_pcap(&f, 0xa1b2c3d4);
	v = UINT32_MAX; /* bytes of the first packet */
	memcpy(f.bytes + 24 + 8, &v, sizeof(v));
	assert_string_equal(walk(&f, f.n), "S!");
	f.bytes[0] ^= 1;
	assert_string_equal(walk(&f, f.n), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
