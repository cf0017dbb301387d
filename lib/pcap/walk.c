/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	WINDOW = 1 << 20, /* bytes of the file read at once */
	INTERFACES_MAX = 4096
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
	BLOCK_OBSOLETE_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_LEAST = 12,
	PACKET_HEADER = 28 /* of the block, before the bytes */
};

static const uint32_t block_section = 0x0a0d0d0a, byte_order = 0x1a2b3c4d;

/* Bytes [at, at + n) of the file, n being small; NULL when it has them not. */
static const uint8_t *look(struct pcap_walk *w, uint64_t at, size_t n)
{
	if (at > w->size || n > w->size - at)
		return NULL;
	if (at < w->window_at || at + n > w->window_at + w->window_n) {
		w->window_at = at;
		w->window_n = 0;
		while (w->window_n < n) {
			ssize_t got = pread(w->fd, w->window + w->window_n,
					    WINDOW - w->window_n,
					    (off_t)(at + w->window_n));

			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return NULL;
			w->window_n += (size_t)got;
		}
	}
	return w->window + (at - w->window_at);
}

static uint32_t u32(const struct pcap_walk *w, const uint8_t *p)
{
	uint32_t v = 0;

	memcpy(&v, p, sizeof(v));
	return w->swapped ? __builtin_bswap32(v) : v;
}

static uint16_t u16(const struct pcap_walk *w, const uint8_t *p)
{
	uint16_t v = 0;

	memcpy(&v, p, sizeof(v));
	return w->swapped ? __builtin_bswap16(v) : v;
}

/* Its bytes begin at "at". */
static int take_packet(struct pcap_walk *w, struct pcap_record *r, uint64_t at)
{
	r->kind = PCAP_PACKET;
	r->n = r->captured < PCAP_LOOK ? r->captured : PCAP_LOOK;
	r->bytes = look(w, at, r->n);
	return r->bytes ? 1 : -1;
}

static int next_of_pcap(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *h = look(w, w->at, RECORD_HEADER);

	if (!h)
		return -1;
	r->link = w->links[0];
	r->captured = u32(w, h + 8);
	r->length = u32(w, h + 12);
	r->to = r->from + RECORD_HEADER + r->captured;
	if (r->to > w->size)
		return -1;
	return take_packet(w, r, r->from + RECORD_HEADER);
}

static int start_pcap(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *h = look(w, 0, FILE_HEADER);

	if (!h || u16(w, h + 4) != 2 || u16(w, h + 6) != 4)
		return -1;
	*MEM_PUSH(w->links, w->n_links, w->cap_links) = u32(w, h + 20);
	r->kind = PCAP_SECTION;
	r->to = FILE_HEADER;
	return 1;
}

static int take_section(struct pcap_walk *w, const uint8_t *block)
{
	uint32_t order = 0;

	memcpy(&order, block + 8, sizeof(order));
	w->swapped = order == __builtin_bswap32(byte_order);
	w->n_links = 0;
	return order == byte_order || w->swapped ? 1 : -1;
}

static int take_interface(struct pcap_walk *w, const uint8_t *block)
{
	if (w->n_links == INTERFACES_MAX)
		return -1;
	*MEM_PUSH(w->links, w->n_links, w->cap_links) = u16(w, block + 8);
	return 1;
}

static int take_packet_block(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *b = look(w, r->from, PACKET_HEADER);
	uint64_t size = r->to - r->from;
	uint32_t interface = b ? u32(w, b + 8) : 0;

	if (!b || size < PACKET_HEADER + 4 || interface >= w->n_links)
		return -1;
	r->link = w->links[interface];
	r->captured = u32(w, b + 20);
	r->length = u32(w, b + 24);
	if (r->captured > size - PACKET_HEADER - 4)
		return -1;
	return take_packet(w, r, r->from + PACKET_HEADER);
}

static int take_block(struct pcap_walk *w, struct pcap_record *r, uint32_t type,
		      const uint8_t *block)
{
	switch (type) {
	case BLOCK_INTERFACE:
		r->kind = PCAP_INTERFACE;
		return take_interface(w, block);
	case BLOCK_PACKET: return take_packet_block(w, r);
	case BLOCK_OBSOLETE_PACKET:
	case BLOCK_SIMPLE_PACKET: r->kind = PCAP_OLD_PACKET; return 1;
	case BLOCK_NAMES:
	case BLOCK_STATISTICS: r->kind = PCAP_NOTE; return 1;
	default: r->kind = PCAP_UNKNOWN; return 1;
	}
}

/* The length of a block stands at its begin and at its end. */
static int next_of_pcapng(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *b = look(w, r->from, BLOCK_LEAST), *end = NULL;
	uint32_t size = 0, type = 0;

	if (!b)
		return -1;
	type = u32(w, b);
	if (type == block_section && take_section(w, b) < 0)
		return -1;
	size = u32(w, b + 4);
	r->to = r->from + size;
	if (size < BLOCK_LEAST || size % 4 || r->to > w->size)
		return -1;
	r->kind = PCAP_SECTION;
	if (type != block_section && take_block(w, r, type, b) < 0)
		return -1;
	end = look(w, r->to - 4, 4);
	if (!end || u32(w, end) != size)
		return -1;
	/* The look at the end may have moved the window. */
	if (r->kind == PCAP_PACKET)
		r->bytes = look(w, r->from + PACKET_HEADER, r->n);
	return r->kind != PCAP_PACKET || r->bytes ? 1 : -1;
}

int pcap_walk_open(struct pcap_walk *w, int fd)
{
	const uint8_t *head = NULL;
	struct stat st;
	uint32_t magic = 0;

	*w = (struct pcap_walk){ .fd = fd };
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	w->size = (uint64_t)st.st_size;
	w->window = mem_realloc(NULL, WINDOW, 1);
	head = look(w, 0, sizeof(magic));
	if (!head)
		return -1;
	memcpy(&magic, head, sizeof(magic));
	w->is_pcapng = magic == block_section;
	w->swapped = magic == __builtin_bswap32(magic_us) ||
		     magic == __builtin_bswap32(magic_ns);
	return w->is_pcapng || w->swapped || magic == magic_us ||
			       magic == magic_ns
		       ? 0
		       : -1;
}

int pcap_walk_next(struct pcap_walk *w, struct pcap_record *r)
{
	int rc = 0;

	*r = (struct pcap_record){ .from = w->at };
	if (w->at == w->size)
		return 0;
	if (w->is_pcapng)
		rc = next_of_pcapng(w, r);
	else
		rc = w->at ? next_of_pcap(w, r) : start_pcap(w, r);
	w->at = r->to;
	return rc;
}

void pcap_walk_close(struct pcap_walk *w)
{
	free(w->window);
	free(w->links);
	*w = (struct pcap_walk){ .fd = -1 };
}
