/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/plain.h"

enum {
	WINDOW = 1 << 20, /* bytes of the file read at once */
	MARKS = 8192,	  /* places where it could be cut */
	FIRST = 20,	  /* size of the first part, of which the next has 1
			     more, and so on */
	PACKET_MAX = 262144,
	INTERFACES_MAX = 4096,
	COPY = 1 << 18
};

/* pcap */
enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16
};

static const uint32_t magic_us = 0xa1b2c3d4, magic_ns = 0xa1b23c4d;

/* pcapng */
enum {
	BLOCK_INTERFACE = 1,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	PACKET_HEADER = 28 /* of the block, before the bytes */
};

static const uint32_t block_section = 0x0a0d0d0a, byte_order = 0x1a2b3c4d;

struct mark {
	uint64_t packet, offset;
};

struct scan {
	int fd, swapped;
	uint64_t size; /* of the file */
	uint8_t *buf;
	uint64_t at; /* of buf in the file */
	size_t have;
	uint64_t packets;
	struct mark *marks; /* of every "step"th packet */
	size_t n_marks;
	uint64_t step;
	uint32_t *links; /* of the interfaces */
	size_t n_links, cap_links;
	struct parts *parts;
};

/* Bytes [at, at + n) of the file, n being small; NULL when it has them not. */
static const uint8_t *look(struct scan *s, uint64_t at, size_t n)
{
	if (at + n > s->size)
		return NULL;
	if (at < s->at || at + n > s->at + s->have) {
		s->at = at;
		s->have = 0;
		while (s->have < n) {
			ssize_t got =
				pread(s->fd, s->buf + s->have, WINDOW - s->have,
				      (off_t)(at + s->have));

			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return NULL;
			s->have += (size_t)got;
		}
	}
	return s->buf + (at - s->at);
}

static uint32_t u32(const struct scan *s, const uint8_t *p)
{
	uint32_t v = 0;

	memcpy(&v, p, sizeof(v));
	return s->swapped ? __builtin_bswap32(v) : v;
}

static uint16_t u16(const struct scan *s, const uint8_t *p)
{
	uint16_t v = 0;

	memcpy(&v, p, sizeof(v));
	return s->swapped ? __builtin_bswap16(v) : v;
}

static void note_packet(struct scan *s, uint64_t offset)
{
	if (s->packets % s->step == 0) {
		if (s->n_marks == MARKS) {
			for (size_t i = 0; i < MARKS / 2; i++)
				s->marks[i] = s->marks[2 * i];
			s->n_marks /= 2;
			s->step *= 2;
		}
		if (s->packets % s->step == 0)
			s->marks[s->n_marks++] =
				(struct mark){ s->packets, offset };
	}
	s->packets++;
}

static void note_header(struct scan *s, uint64_t from, uint64_t to)
{
	struct parts *p = s->parts;

	MEM_PUSH_ROOM(p->headers, p->n_headers, p->cap_headers);
	p->headers[p->n_headers++] = (struct extent){ from, to };
}

/* Is the packet at "at" plain, of "kept" captured bytes out of "length"? */
static int take_packet(struct scan *s, uint32_t link, uint64_t at,
		       uint32_t kept, uint32_t length)
{
	size_t n = kept < PLAIN_LOOK ? kept : PLAIN_LOOK;
	const uint8_t *bytes = look(s, at, n);

	return bytes && kept <= length && kept <= PACKET_MAX &&
	       plain_packet(link, bytes, n);
}

static int scan_pcap(struct scan *s, const uint8_t *head)
{
	uint32_t link = u32(s, head + 20);
	uint64_t at = FILE_HEADER;

	if (u16(s, head + 4) != 2 || u16(s, head + 6) != 4 || !plain_link(link))
		return -1;
	note_header(s, 0, at);
	while (at < s->size) {
		const uint8_t *h = look(s, at, RECORD_HEADER);
		uint32_t kept = h ? u32(s, h + 8) : 0;
		uint32_t length = h ? u32(s, h + 12) : 0;

		if (!h ||
		    !take_packet(s, link, at + RECORD_HEADER, kept, length))
			return -1;
		note_packet(s, at);
		at += RECORD_HEADER + kept;
	}
	return 0;
}

static int take_interface(struct scan *s, const uint8_t *block)
{
	if (s->n_links == INTERFACES_MAX)
		return -1;
	MEM_PUSH_ROOM(s->links, s->n_links, s->cap_links);
	s->links[s->n_links++] = u16(s, block + 8);
	return 0;
}

static int take_packet_block(struct scan *s, uint64_t at, uint32_t size)
{
	const uint8_t *b = look(s, at, PACKET_HEADER);
	uint32_t interface = b ? u32(s, b + 8) : 0, kept = 0, length = 0;

	if (!b || size < PACKET_HEADER + 4 || interface >= s->n_links)
		return -1;
	kept = u32(s, b + 20);
	length = u32(s, b + 24);
	if (kept > size - PACKET_HEADER - 4 ||
	    !take_packet(s, s->links[interface], at + PACKET_HEADER, kept,
			 length))
		return -1;
	note_packet(s, at);
	return 0;
}

static int scan_pcapng(struct scan *s)
{
	uint64_t at = 0;

	while (at < s->size) {
		const uint8_t *b = look(s, at, 12), *end = NULL;
		uint32_t type = b ? u32(s, b) : 0, size = b ? u32(s, b + 4) : 0;

		if (!b || size < 12 || size % 4 || size > 2 * PACKET_MAX ||
		    (at == 0) != (type == block_section))
			return -1;
		if (type == BLOCK_INTERFACE && take_interface(s, b) < 0)
			return -1;
		if (type == block_section || type == BLOCK_INTERFACE)
			note_header(s, at, at + size);
		else if (type == BLOCK_PACKET) {
			if (take_packet_block(s, at, size) < 0)
				return -1;
		} else if (type != BLOCK_NAMES && type != BLOCK_STATISTICS)
			return -1;
		end = look(s, at + size - 4, 4);
		if (!end || u32(s, end) != size)
			return -1;
		at += size;
	}
	return 0;
}

static int scan_file(struct scan *s)
{
	const uint8_t *head = look(s, 0, FILE_HEADER);
	uint32_t magic = head ? u32(s, head) : 0, order = 0;

	if (!head)
		return -1;
	if (magic == block_section) {
		order = u32(s, head + 8);
		s->swapped = order == __builtin_bswap32(byte_order);
		return order == byte_order || s->swapped ? scan_pcapng(s) : -1;
	}
	s->swapped = magic == __builtin_bswap32(magic_us) ||
		     magic == __builtin_bswap32(magic_ns);
	return magic == magic_us || magic == magic_ns || s->swapped
		       ? scan_pcap(s, head)
		       : -1;
}

/* The first packet of part k of n. */
static uint64_t first_of(const struct scan *s, size_t k, size_t n)
{
	uint64_t all = n * FIRST + n * (n - 1) / 2;
	uint64_t before = k ? k * FIRST + k * (k - 1) / 2 : 0;

	return s->packets / all * before + s->packets % all * before / all;
}

static void cut(struct parts *parts, const struct scan *s, size_t n)
{
	size_t m = 0;

	parts->items = mem_calloc(n, sizeof(*parts->items));
	for (size_t k = 0; k < n; k++) {
		struct part *part = &parts->items[parts->n];

		while (m < s->n_marks && s->marks[m].packet < first_of(s, k, n))
			m++;
		if (m == s->n_marks ||
		    (parts->n && part[-1].before == s->marks[m].packet))
			break;
		part->before = s->marks[m].packet;
		part->extent.from = s->marks[m].offset;
		parts->n++;
	}
	for (size_t k = 0; k < parts->n; k++) {
		struct part *part = &parts->items[k];
		int last = k + 1 == parts->n;

		part->packets =
			(last ? s->packets : part[1].before) - part->before;
		part->extent.to = last ? s->size : part[1].extent.from;
	}
}

size_t parts_find(struct parts *parts, int fd, size_t wanted, uint64_t least)
{
	struct scan s = { .fd = fd, .step = 1, .parts = parts };
	struct stat st;
	uint64_t n = 1;

	*parts = (struct parts){ .items = NULL };
	/* No TCP packet takes less than 40 bytes, nor a record less than 56. */
	if (wanted < 2 || !least || fstat(fd, &st) < 0 ||
	    !S_ISREG(st.st_mode) || (uint64_t)st.st_size / 56 / least < 2)
		return 1;
	s.size = (uint64_t)st.st_size;
	s.buf = mem_realloc(NULL, WINDOW, 1);
	s.marks = mem_calloc(MARKS, sizeof(*s.marks));
	if (scan_file(&s) == 0) {
		n = s.packets / least < wanted ? s.packets / least : wanted;
		if (n > 1)
			cut(parts, &s, n);
	}
	free(s.buf);
	free(s.marks);
	free(s.links);
	return parts->n > 1 ? parts->n : 1;
}

void parts_release(struct parts *parts)
{
	free(parts->items);
	free(parts->headers);
	*parts = (struct parts){ .items = NULL };
}

static int copy(const struct extent *x, int fd, int out, char *buf)
{
	uint64_t at = x->from;

	while (at < x->to) {
		size_t want = x->to - at < COPY ? (size_t)(x->to - at) : COPY;
		ssize_t got = pread(fd, buf, want, (off_t)at), done = 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : EIO; /* it shrank */
			return -1;
		}
		while (done < got) {
			ssize_t n =
				write(out, buf + done, (size_t)(got - done));

			if (n < 0 && errno != EINTR)
				return -1;
			done += n > 0 ? n : 0;
		}
		at += (uint64_t)got;
	}
	return 0;
}

int parts_write(const struct parts *parts, size_t i, int fd, int out)
{
	const struct part *part = &parts->items[i];
	char *buf = mem_realloc(NULL, COPY, 1);
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < parts->n_headers; k++)
		if (parts->headers[k].to <= part->extent.from)
			rc = copy(&parts->headers[k], fd, out, buf);
	if (rc == 0)
		rc = copy(&part->extent, fd, out, buf);
	free(buf);
	return rc;
}
