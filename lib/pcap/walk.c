/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pcap/block.h"
#include "pcap/option.h"

enum {
	INTERFACES_MAX = 65536,
	PACKET_MAX = 262144,	 /* bytes; Wireshark's limit */
	LENGTH_SOUND = 128 << 20 /* bytes */
};

static const int64_t second = 1000000000;

/*
 * Range of times for which differences, and twice those, fit into 64 bits
 * (field.h).
 */
static const int64_t latest = (int64_t)1 << 62;

/* pcap */
enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16
};

static const uint32_t magic_us = 0xa1b2c3d4, magic_ns = 0xa1b23c4d;

/* pcapng */
enum {
	BLOCK_HEADER = 8, /* type, length */
	BLOCK_LEAST = 12,
	SECTION_LEAST = 28,
	INTERFACE_HEADER = 16, /* of the block, before options */
	PACKET_HEADER = 28,    /* before the packet bytes */
	TRAILER = 4	       /* the length repeated */
};

static const uint32_t byte_order = 0x1a2b3c4d;

/* A file may end between records only. */
static enum pcap_step ended(struct pcap_walk *w)
{
	if (w->bytes.is_damaged)
		return PCAP_DAMAGED;
	return bytes_end(&w->bytes) ? PCAP_END : PCAP_CUT;
}

static void set_time(struct pcap_record *r, uint64_t seconds, int64_t ns)
{
	r->has_time = seconds < (uint64_t)(latest / second) && ns < second;
	if (r->has_time)
		r->time = (int64_t)seconds * second + ns;
}

static struct pcap_interface *add_interface(struct pcap_walk *w, uint32_t link)
{
	struct pcap_interface *i =
		MEM_PUSH(w->interfaces, w->n_interfaces, w->cap_interfaces);

	*i = (struct pcap_interface){ .link = link,
				      .units = 1000000,
				      .name = mem_strdup("") };
	return i;
}

static void forget_interfaces(struct pcap_walk *w)
{
	for (size_t i = 0; i < w->n_interfaces; i++)
		free(w->interfaces[i].name);
	w->n_interfaces = 0;
}

static void use_interface(const struct pcap_walk *w, struct pcap_record *r,
			  uint32_t index)
{
	r->interface = w->interfaces[index].name;
	r->link = w->interfaces[index].link;
	r->is_odd = w->interfaces[index].is_odd;
}

static enum pcap_step start_pcap(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *h = bytes_look(&w->bytes, FILE_HEADER);
	uint32_t magic = 0;

	if (!h)
		return PCAP_CUT;
	magic = pcap_u32(w->swapped, h);
	/* Other versions, or further bits in the field of the link type. */
	if (pcap_u16(w->swapped, h + 4) != 2 ||
	    pcap_u16(w->swapped, h + 6) != 4 ||
	    pcap_u32(w->swapped, h + 20) >> 16)
		return PCAP_UNKNOWN;
	add_interface(w, pcap_u32(w->swapped, h + 20))->units =
		magic == magic_ns ? (uint64_t)second : 1000000;
	w->snaplen = pcap_u32(w->swapped, h + 16);
	r->kind = PCAP_SECTION;
	r->raw = h;
	r->n_raw = FILE_HEADER;
	return PCAP_RECORD;
}

/*
 * Some programs wrote longer record headers under the same magic number;
 * Wireshark examines the first records to detect them.
 */
static bool may_be_another_format(const struct pcap_walk *w,
				  const struct pcap_record *r)
{
	return w->packets < PCAP_FIRST_RECORDS &&
	       (!r->has_time || r->captured > r->length ||
		r->captured > w->snaplen || r->length > LENGTH_SOUND);
}

/* With longer headers the file may end between records. */
static enum pcap_step ended_in_record(struct pcap_walk *w)
{
	const enum pcap_step step = ended(w);

	return step == PCAP_CUT && w->packets < PCAP_FIRST_RECORDS
		       ? PCAP_UNKNOWN
		       : step;
}

/* For a packet of so many bytes. */
static uint32_t wanted(const struct pcap_walk *w, uint32_t captured)
{
	return w->head && captured > w->head ? w->head : captured;
}

static enum pcap_step next_of_pcap(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *h = bytes_look(&w->bytes, RECORD_HEADER);
	uint32_t fraction = 0;

	if (!h)
		return ended_in_record(w);
	r->captured = pcap_u32(w->swapped, h + 8);
	r->length = pcap_u32(w->swapped, h + 12);
	if (r->captured > PACKET_MAX)
		return PCAP_DAMAGED;
	r->n_raw = RECORD_HEADER + wanted(w, r->captured);
	h = bytes_look(&w->bytes, r->n_raw);
	if (!h)
		return ended_in_record(w);
	r->kind = PCAP_PACKET;
	r->raw = h;
	r->bytes = h + RECORD_HEADER;
	use_interface(w, r, 0);
	fraction = pcap_u32(w->swapped, h + 4);
	if (fraction < w->interfaces[0].units)
		set_time(r, pcap_u32(w->swapped, h),
			 w->interfaces[0].units == 1000000
				 ? (int64_t)fraction * 1000
				 : (int64_t)fraction);
	return may_be_another_format(w, r) ? PCAP_UNKNOWN : PCAP_RECORD;
}

static enum pcap_step take_interface(struct pcap_walk *w, struct pcap_record *r)
{
	r->kind = PCAP_INTERFACE;
	if (w->n_interfaces == INTERFACES_MAX)
		return PCAP_UNKNOWN;
	pcap_interface_describe(
		add_interface(w, pcap_u16(w->swapped, r->raw + 8)), w->swapped,
		r->raw + INTERFACE_HEADER, r->raw + r->n_raw - TRAILER);
	return PCAP_RECORD;
}

/* Convert from the units of its interface; fractions of ns are cut off. */
static void set_block_time(const struct pcap_interface *i, uint64_t stamp,
			   struct pcap_record *r)
{
	uint64_t seconds = 0;

	if (i->units == 0 || i->units > (uint64_t)second)
		return; /* Wireshark versions differ */
	seconds = stamp / i->units;
	if (seconds > (uint64_t)latest || i->offset > latest ||
	    i->offset < -latest)
		return;
	seconds += (uint64_t)i->offset; /* negative offsets wrap around */
	set_time(r, seconds,
		 (int64_t)(stamp % i->units * (uint64_t)second / i->units));
}

/* For a block of so many bytes, with its header at "raw". */
static enum pcap_step take_packet_header(const struct pcap_walk *w,
					 struct pcap_record *r, uint32_t size)
{
	const uint8_t *b = r->raw;
	const uint32_t index = pcap_u32(w->swapped, b + 8);

	r->captured = pcap_u32(w->swapped, b + 20);
	r->length = pcap_u32(w->swapped, b + 24);
	if (index >= w->n_interfaces || r->captured > PACKET_MAX ||
	    r->captured > size - PACKET_HEADER - TRAILER)
		return PCAP_DAMAGED;
	r->kind = PCAP_PACKET;
	r->bytes = b + PACKET_HEADER;
	use_interface(w, r, index);
	set_block_time(&w->interfaces[index],
		       (uint64_t)pcap_u32(w->swapped, b + 12) << 32 |
			       pcap_u32(w->swapped, b + 16),
		       r);
	return PCAP_RECORD;
}

/* Limit the block to the part of the packet that is wanted. */
static enum pcap_step take_head(struct pcap_walk *w, struct pcap_record *r,
				uint32_t size)
{
	enum pcap_step step = PCAP_DAMAGED;

	r->n_raw = PACKET_HEADER + w->head;
	r->raw = bytes_look(&w->bytes, r->n_raw);
	if (!r->raw)
		return PCAP_CUT;
	step = take_packet_header(w, r, size);
	r->n_raw = PACKET_HEADER + wanted(w, r->captured);
	return step;
}

/* Determine the byte order. */
static enum pcap_step take_section(struct pcap_walk *w, const uint8_t *block)
{
	uint32_t order = 0;

	memcpy(&order, block + 8, sizeof(order));
	w->swapped = order == __builtin_bswap32(byte_order);
	if ((order != byte_order && !w->swapped) ||
	    pcap_u16(w->swapped, block + 12) != 1 ||
	    (pcap_u16(w->swapped, block + 14) != 0 &&
	     pcap_u16(w->swapped, block + 14) != 2))
		return PCAP_UNKNOWN;
	forget_interfaces(w);
	return PCAP_RECORD;
}

/*
 * The file ends within a block. tshark's result is known for certain if bytes
 * of a packet or of its options are missing, and the header is valid.
 */
static enum pcap_step cut(struct pcap_walk *w, struct pcap_record *r,
			  uint32_t type, uint32_t size)
{
	if (w->bytes.is_damaged)
		return PCAP_DAMAGED;
	if (type != PCAP_BLOCK_PACKET || size < PACKET_HEADER + TRAILER ||
	    bytes_look(&w->bytes, size - TRAILER))
		return PCAP_UNKNOWN;
	r->raw = bytes_look(&w->bytes, PACKET_HEADER);
	return r->raw && take_packet_header(w, r, size) != PCAP_RECORD
		       ? PCAP_UNKNOWN
		       : PCAP_CUT;
}

/* For a complete block. */
static enum pcap_step take_block(struct pcap_walk *w, struct pcap_record *r,
				 uint32_t type)
{
	enum pcap_step step = PCAP_RECORD;
	uint32_t trailer = 0;

	r->kind = type == PCAP_BLOCK_SECTION ? PCAP_SECTION : PCAP_NOTE;
	if (type == PCAP_BLOCK_PACKET && r->n_raw >= PACKET_HEADER + TRAILER)
		step = take_packet_header(w, r, (uint32_t)r->n_raw);
	if (step != PCAP_RECORD)
		return step;
	/* All programs stop here, but some round the length up first. */
	trailer = pcap_u32(w->swapped, r->raw + r->n_raw - TRAILER);
	if (((trailer + 3) & ~3u) != r->n_raw)
		return PCAP_DAMAGED;
	if (!pcap_block_is_sound(w->swapped, r->raw, r->n_raw))
		return PCAP_UNKNOWN;
	return type == PCAP_BLOCK_INTERFACE ? take_interface(w, r)
					    : PCAP_RECORD;
}

static enum pcap_step next_of_pcapng(struct pcap_walk *w, struct pcap_record *r)
{
	const uint8_t *b = bytes_look(&w->bytes, BLOCK_HEADER);
	uint32_t size = 0, type = 0;

	if (!b)
		return ended(w);
	type = pcap_u32(w->swapped, b);
	if (type == PCAP_BLOCK_SECTION) {
		b = bytes_look(&w->bytes, SECTION_LEAST);
		if (!b || take_section(w, b) != PCAP_RECORD)
			return PCAP_UNKNOWN;
	}
	size = pcap_u32(w->swapped, b + 4);
	if (size <= BLOCK_HEADER)
		return PCAP_DAMAGED;
	if (size < BLOCK_LEAST || size % 4 || size > BYTES_LOOK)
		return PCAP_UNKNOWN;
	if (w->head && type == PCAP_BLOCK_PACKET &&
	    size > w->head + PACKET_HEADER + TRAILER)
		return take_head(w, r, size);
	r->raw = bytes_look(&w->bytes, size);
	r->n_raw = size;
	return r->raw ? take_block(w, r, type) : cut(w, r, type, size);
}

/* The format according to the first bytes. */
static int begin(struct pcap_walk *w)
{
	const uint8_t *head = bytes_look(&w->bytes, sizeof(uint32_t));
	uint32_t magic = 0;

	if (!head)
		return -1;
	memcpy(&magic, head, sizeof(magic));
	w->is_pcapng = magic == PCAP_BLOCK_SECTION;
	w->swapped = magic == __builtin_bswap32(magic_us) ||
		     magic == __builtin_bswap32(magic_ns);
	return w->is_pcapng || w->swapped || magic == magic_us ||
			       magic == magic_ns
		       ? 0
		       : -1;
}

int pcap_walk_open(struct pcap_walk *w, int fd, off_t start)
{
	*w = (struct pcap_walk){ .bytes = { .fd = -1 } };
	bytes_open(&w->bytes, fd, start);
	return begin(w);
}

int pcap_walk_open_read(struct pcap_walk *w, bytes_read_fn *read, void *ctx)
{
	*w = (struct pcap_walk){ .bytes = { .fd = -1 } };
	bytes_open_read(&w->bytes, read, ctx);
	return begin(w);
}

enum pcap_step pcap_walk_next(struct pcap_walk *w, struct pcap_record *r)
{
	enum pcap_step step = PCAP_RECORD;

	*r = (struct pcap_record){ .at = w->bytes.at };
	if (w->is_pcapng)
		step = next_of_pcapng(w, r);
	else
		step = w->begun ? next_of_pcap(w, r) : start_pcap(w, r);
	if (step != PCAP_RECORD)
		return step;
	w->begun = true;
	if (r->kind == PCAP_PACKET)
		r->number = ++w->packets;
	bytes_skip(&w->bytes, r->n_raw);
	return step;
}

bool pcap_walk_can_go(const struct pcap_walk *w)
{
	return w->bytes.is_regular && !w->bytes.gzip;
}

bool pcap_walk_go(struct pcap_walk *w, uint64_t at, uint32_t number)
{
	if (!w->begun || number == 0 || !bytes_go(&w->bytes, at))
		return false;
	w->packets = number - 1;
	return true;
}

uint64_t pcap_walk_at(const struct pcap_walk *w)
{
	return w->bytes.at;
}

size_t pcap_walk_raw(struct pcap_walk *w, uint64_t at, const uint8_t **bytes)
{
	size_t n = 0;

	if (at <= w->bytes.at)
		return 0;
	*bytes = bytes_some(&w->bytes, &n);
	if (n > at - w->bytes.at)
		n = (size_t)(at - w->bytes.at);
	bytes_skip(&w->bytes, n);
	return n;
}

void pcap_walk_close(struct pcap_walk *w)
{
	forget_interfaces(w);
	free(w->interfaces);
	bytes_close(&w->bytes);
	*w = (struct pcap_walk){ .bytes = { .fd = -1 } };
}

bool pcap_walk_opens(int fd, off_t start)
{
	struct pcap_walk walk;
	const bool opens = pcap_walk_open(&walk, fd, start) == 0;

	pcap_walk_close(&walk);
	return opens;
}

bool pcap_walk_is_known(int fd, off_t start)
{
	struct pcap_walk walk;
	struct pcap_record record;
	enum pcap_step step = PCAP_UNKNOWN;

	if (pcap_walk_open(&walk, fd, start) == 0)
		do
			step = pcap_walk_next(&walk, &record);
		while (step == PCAP_RECORD);
	pcap_walk_close(&walk);
	return step != PCAP_UNKNOWN;
}
