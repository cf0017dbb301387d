/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/annotated.h"

#include <string.h>

#include "pcap/block.h"
#include "pcap/option.h"

enum {
	SECTION_LENGTH = 16, /* offset in a section header */
	TRAILER = 4,
	RESOLUTION = 9 /* option code: if_tsresol */
};

static const uint32_t byte_order = 0x1a2b3c4d;

/* The output, in its byte order. */
struct ng {
	struct strbuf *out;
	bool swapped;
	size_t begin; /* offset of the current block */
};

static void put_u16(const struct ng *g, uint16_t v)
{
	if (g->swapped)
		v = __builtin_bswap16(v);
	strbuf_append(g->out, &v, sizeof(v));
}

static void put_u32(const struct ng *g, uint32_t v)
{
	if (g->swapped)
		v = __builtin_bswap32(v);
	strbuf_append(g->out, &v, sizeof(v));
}

/* Pad to a multiple of 4 bytes. */
static void pad(const struct ng *g)
{
	static const uint8_t zeros[4];

	strbuf_append(g->out, zeros, -(g->out->len - g->begin) & 3);
}

static void put_option(const struct ng *g, unsigned code, const void *value,
		       size_t n)
{
	put_u16(g, (uint16_t)code);
	put_u16(g, (uint16_t)n);
	strbuf_append(g->out, value, n);
	pad(g);
}

static void put_end_of_options(const struct ng *g)
{
	put_u32(g, 0); /* its code, and no bytes */
}

static void begin_block(struct ng *g, uint32_t type)
{
	g->begin = g->out->len;
	put_u32(g, type);
	put_u32(g, 0); /* end_block() sets the length */
}

static void end_block(const struct ng *g)
{
	put_u32(g, (uint32_t)(g->out->len - g->begin + TRAILER));
	memcpy(g->out->text + g->begin + 4,
	       g->out->text + g->out->len - TRAILER, TRAILER);
}

/* The length of a section: not stated. */
static void put_section_length(const struct ng *g)
{
	put_u32(g, UINT32_MAX);
	put_u32(g, UINT32_MAX);
}

/* Replaces the file header of a pcap file. */
static void put_headers(struct ng *g, const struct pcap_walk *w)
{
	const struct pcap_interface *i = &w->interfaces[0];
	const uint8_t nanoseconds = 9;

	begin_block(g, PCAP_BLOCK_SECTION);
	put_u32(g, byte_order);
	put_u16(g, 1);
	put_u16(g, 0);
	put_section_length(g);
	end_block(g);
	begin_block(g, PCAP_BLOCK_INTERFACE);
	put_u16(g, (uint16_t)i->link);
	put_u16(g, 0);
	put_u32(g, w->snaplen);
	if (i->units != 1000000) {
		put_option(g, RESOLUTION, &nanoseconds, 1);
		put_end_of_options(g);
	}
	end_block(g);
}

static void put_section(const struct ng *g, const struct pcap_record *r)
{
	strbuf_append(g->out, r->raw, SECTION_LENGTH);
	put_section_length(g);
	strbuf_append(g->out, r->raw + SECTION_LENGTH + 8,
		      r->n_raw - SECTION_LENGTH - 8);
}

/*
 * The end of the valid options from "at" on; and whether one of them is a
 * comment with this text.
 */
static const uint8_t *options_end(bool swapped, const uint8_t *at,
				  const uint8_t *end)
{
	const uint8_t *behind = at;
	struct pcap_option o;

	while (pcap_next_option(swapped, &at, end, &o) > 0)
		behind = at;
	return behind;
}

static bool has_comment(bool swapped, const uint8_t *at, const uint8_t *end,
			const char *text)
{
	const size_t n = strlen(text);
	struct pcap_option o;

	while (pcap_next_option(swapped, &at, end, &o) > 0)
		if (o.code == PCAP_OPTION_COMMENT && o.n == n &&
		    memcmp(o.value, text, n) == 0)
			return true;
	return false;
}

/*
 * Insert comments after the options of the packet, which go from "at" to "end"
 * and may be empty.
 */
static void put_comments(const struct ng *g, const uint8_t *at,
			 const uint8_t *end, const struct comment *comments,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = comments[i].text;
		const size_t length = strlen(text);

		if (g->out->len - g->begin + length + 16 > BYTES_LOOK)
			break;
		if (at == end || !has_comment(g->swapped, at, end, text))
			put_option(g, PCAP_OPTION_COMMENT, text, length);
	}
	put_end_of_options(g);
}

/* Copy a block with additional options. */
static void put_block(struct ng *g, const struct pcap_record *r,
		      const struct comment *comments, size_t n)
{
	const uint8_t *at = r->bytes + (((size_t)r->captured + 3) & ~(size_t)3);
	const uint8_t *end = r->raw + r->n_raw - TRAILER;
	const uint8_t *behind = options_end(g->swapped, at, end);

	begin_block(g, PCAP_BLOCK_PACKET);
	strbuf_append(g->out, r->raw + 8, (size_t)(behind - r->raw) - 8);
	put_comments(g, at, end, comments, n);
	end_block(g);
}

/* A record of a pcap file, whose time may be invalid. */
static void put_record(struct ng *g, const struct pcap_walk *w,
		       const struct pcap_record *r,
		       const struct comment *comments, size_t n)
{
	const uint64_t time =
		pcap_u32(w->swapped, r->raw) * w->interfaces[0].units +
		pcap_u32(w->swapped, r->raw + 4);

	begin_block(g, PCAP_BLOCK_PACKET);
	put_u32(g, 0);
	put_u32(g, (uint32_t)(time >> 32));
	put_u32(g, (uint32_t)time);
	put_u32(g, r->captured);
	put_u32(g, r->length);
	strbuf_append(g->out, r->bytes, r->captured);
	pad(g);
	if (n)
		put_comments(g, NULL, NULL, comments, n);
	end_block(g);
}

void annotated_put(struct strbuf *out, const struct pcap_walk *w,
		   const struct pcap_record *r, const struct comment *comments,
		   size_t n)
{
	struct ng g = { .out = out, .swapped = w->swapped };

	if (!w->is_pcapng && r->kind == PCAP_SECTION)
		put_headers(&g, w);
	else if (!w->is_pcapng)
		put_record(&g, w, r, comments, n);
	else if (r->kind == PCAP_SECTION)
		put_section(&g, r);
	else if (r->kind == PCAP_PACKET && n)
		put_block(&g, r, comments, n);
	else
		strbuf_append(out, r->raw, r->n_raw);
}
