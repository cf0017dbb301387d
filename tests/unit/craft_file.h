/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Capture files for unit tests: written block by block, and walked through.  To
   be included behind cmocka.h. */
#ifndef UNIT_CRAFT_FILE_H
#define UNIT_CRAFT_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "pcap/walk.h"

enum {
	ETHERNET = 1,
	RAW = 101,
	RECORDS = 40, /* that are remembered */
	SECTION = 28, /* bytes of the blocks below */
	INTERFACE = 20,
	BLOCK = 32 /* of a packet without bytes */
};

static const uint32_t us = 0xa1b2c3d4, ns = 0xa1b23c4d; /* magic numbers */

struct file {
	uint8_t *bytes;
	size_t n, cap;
	bool swapped;
};

static inline void put(struct file *f, const void *bytes, size_t n)
{
	if (f->n + n > f->cap) {
		f->cap = mem_grow(f->cap, f->n + n);
		f->bytes = mem_realloc(f->bytes, f->cap, 1);
	}
	if (n)
		memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static inline void put32(struct file *f, uint32_t v)
{
	v = f->swapped ? __builtin_bswap32(v) : v;
	put(f, &v, sizeof(v));
}

static inline void put16(struct file *f, uint16_t v)
{
	v = f->swapped ? __builtin_bswap16(v) : v;
	put(f, &v, sizeof(v));
}

static inline void put64(struct file *f, uint64_t v)
{
	v = f->swapped ? __builtin_bswap64(v) : v;
	put(f, &v, sizeof(v));
}

/* n bytes of a packet, each with its number. */
static inline void put_bytes(struct file *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(f, &(uint8_t){ (uint8_t)i }, 1);
}

static inline void put_zeros(struct file *f, size_t n)
{
	while (n-- > 0)
		put(f, "", 1);
}

static inline void put_header(struct file *f, uint32_t magic, uint32_t link,
			      uint32_t snaplen)
{
	put32(f, magic);
	put16(f, 2);
	put16(f, 4);
	put32(f, 0);
	put32(f, 0);
	put32(f, snaplen);
	put32(f, link);
}

static inline void put_record(struct file *f, uint32_t seconds,
			      uint32_t fraction, uint32_t n)
{
	put32(f, seconds);
	put32(f, fraction);
	put32(f, n);
	put32(f, n + 100);
	put_bytes(f, n);
}

/* A block around what "inside" has, which is in the same byte order. */
static inline void put_block(struct file *f, uint32_t type,
			     const struct file *inside)
{
	uint32_t size = 12 + (uint32_t)inside->n;

	put32(f, type);
	put32(f, size);
	put(f, inside->bytes, inside->n);
	put32(f, size);
	free(inside->bytes);
}

static inline void put_words(struct file *f, uint32_t type, size_t words)
{
	struct file b = { .swapped = f->swapped };

	put_zeros(&b, 4 * words);
	put_block(f, type, &b);
}

static inline void put_section(struct file *f)
{
	struct file b = { .swapped = f->swapped };

	put32(&b, 0x1a2b3c4d);
	put16(&b, 1);
	put16(&b, 0);
	put64(&b, UINT64_MAX);
	put_block(f, 0x0a0d0d0a, &b);
}

static inline void put_option(struct file *f, uint16_t code, const void *value,
			      uint16_t n)
{
	put16(f, code);
	put16(f, n);
	put(f, value, n);
	put_zeros(f, (size_t)-n & 3);
}

/* "options" (NULL: none) are in the same byte order, and freed. */
static inline void put_interface(struct file *f, uint16_t link,
				 const struct file *options)
{
	struct file b = { .swapped = f->swapped };

	put16(&b, link);
	put16(&b, 0);
	put32(&b, 0);
	if (options) {
		put(&b, options->bytes, options->n);
		free(options->bytes);
	}
	put_block(f, 1, &b);
}

static inline void put_named(struct file *f, uint16_t link, uint16_t code,
			     const char *name)
{
	struct file o = { .swapped = f->swapped };

	put_option(&o, code, name, (uint16_t)strlen(name));
	put_option(&o, 0, "", 0);
	put_interface(f, link, &o);
}

static inline void put_packet(struct file *f, uint32_t interface,
			      uint64_t stamp, uint32_t n,
			      const struct file *options)
{
	struct file b = { .swapped = f->swapped };

	put32(&b, interface);
	put32(&b, (uint32_t)(stamp >> 32));
	put32(&b, (uint32_t)stamp);
	put32(&b, n);
	put32(&b, n + 100);
	put_bytes(&b, n);
	put_zeros(&b, (size_t)-n & 3);
	if (options) {
		put(&b, options->bytes, options->n);
		free(options->bytes);
	}
	put_block(f, 6, &b);
}

/* What a walk had, without the bytes, which are gone. */
struct seen {
	char steps[RECORDS + 2]; /* a letter of each record, and of the end */
	struct pcap_record records[RECORDS];
	char names[RECORDS][32];
	size_t n;
};

static inline char letter_of_end(enum pcap_step step)
{
	switch (step) {
	case PCAP_END: return '.';
	case PCAP_CUT: return '/';
	case PCAP_DAMAGED: return '!';
	case PCAP_UNKNOWN: return '~';
	case PCAP_RECORD: break;
	}
	return '?';
}

/* All that is promised of a record of the file "plain". */
static inline void check_record(const struct pcap_record *r, uint64_t at,
				uint32_t packets, const struct file *plain)
{
	const bool is_ng = plain->bytes[0] == 0x0a;

	assert_int_equal(r->at, at);
	assert_true(r->n_raw > 0 && r->at + r->n_raw <= plain->n);
	assert_memory_equal(r->raw, plain->bytes + r->at, r->n_raw);
	if (r->kind != PCAP_PACKET)
		return;
	assert_int_equal(r->number, packets);
	assert_non_null(r->interface);
	assert_true(r->captured <= r->n_raw);
	if (r->captured > 0)
		assert_ptr_equal(r->bytes, r->raw + (is_ng ? 28 : 16));
}

static inline void walk_fd(struct seen *s, int fd, off_t start,
			   const struct file *plain)
{
	struct pcap_walk w;
	enum pcap_step step = PCAP_UNKNOWN;
	struct pcap_record r;
	uint64_t at = 0;
	uint32_t packets = 0;

	*s = (struct seen){ .n = 0 };
	if (pcap_walk_open(&w, fd, start) < 0) {
		strcpy(s->steps, "?");
		pcap_walk_close(&w);
		return;
	}
	while ((step = pcap_walk_next(&w, &r)) == PCAP_RECORD) {
		packets += r.kind == PCAP_PACKET;
		check_record(&r, at, packets, plain);
		at += r.n_raw;
		assert_true(s->n < RECORDS);
		s->steps[s->n] = "SIPN"[r.kind];
		s->records[s->n] = r;
		if (r.interface)
			snprintf(s->names[s->n], sizeof(*s->names), "%s",
				 r.interface);
		s->n++;
	}
	s->steps[s->n] = letter_of_end(step);
	assert_true(step != PCAP_END || at == plain->n);
	assert_int_equal(w.packets, packets);
	pcap_walk_close(&w);
}

static inline int file_with(const void *bytes, size_t n)
{
	int fd = memfd_create("walk", MFD_CLOEXEC);

	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The first n bytes of it. */
static inline const char *walk_some(struct seen *s, const struct file *f,
				    size_t n)
{
	const struct file some = { .bytes = f->bytes, .n = n };
	int fd = file_with(f->bytes, n);

	walk_fd(s, fd, 0, &some);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	close(fd);
	return s->steps;
}

static inline const char *walk(struct seen *s, const struct file *f)
{
	return walk_some(s, f, f->n);
}

/* The same, of a file that is no longer needed. */
static inline const char *walk_once(struct seen *s, struct file *f)
{
	walk(s, f);
	free(f->bytes);
	*f = (struct file){ .swapped = f->swapped };
	return s->steps;
}

#endif
