/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/block.h"

#include "pcap/option.h"

enum {
	TRAILER = 4, /* bytes: the length repeated */
	LONGEST = 65535,
	IPV4 = 4, /* bytes of an address */
	IPV6 = 16,
	FILTER = 11, /* option codes: interface */
	/* interface: bytes at the end of packets that are a checksum */
	CHECKSUM = 13,
	FLAGS = 2,	       /* packet */
	FLAGS_CHECKSUM = 0x1e0 /* bits of FLAGS with the same information */
};

/* The fixed part of a block. */
static const struct {
	uint32_t block;
	size_t header; /* bytes, including type and length of the block */
	size_t length; /* offset of the length of a variable part; or 0 */
} kinds[] = {
	{ PCAP_BLOCK_SECTION, 24, 0 }, { PCAP_BLOCK_INTERFACE, 16, 0 },
	{ PCAP_BLOCK_NAMES, 8, 0 },    { PCAP_BLOCK_STATISTICS, 20, 0 },
	{ PCAP_BLOCK_PACKET, 28, 20 }, { PCAP_BLOCK_SECRETS, 16, 12 },
};

/*
 * Options with codes from "first" to "last".  Comments, which all blocks may
 * have, and custom options, of which Wireshark knows some, are not in this
 * table.
 */
static const struct {
	uint32_t block;
	unsigned first, last;
	size_t least, most; /* bytes */
} options[] = {
	/* hardware, operating system, program */
	{ PCAP_BLOCK_SECTION, 2, 4, 0, LONGEST },
	/* name, description */
	{ PCAP_BLOCK_INTERFACE, 2, 3, 0, 4096 },
	/* addresses: IPv4 and mask, IPv6 and prefix, MAC, EUI; speed */
	{ PCAP_BLOCK_INTERFACE, 4, 4, 8, 8 },
	{ PCAP_BLOCK_INTERFACE, 5, 5, 17, 17 },
	{ PCAP_BLOCK_INTERFACE, 6, 6, 6, 6 },
	{ PCAP_BLOCK_INTERFACE, 7, 8, 8, 8 },
	/* resolution of time, time zone */
	{ PCAP_BLOCK_INTERFACE, 9, 9, 1, 1 },
	{ PCAP_BLOCK_INTERFACE, 10, 10, 4, 4 },
	{ PCAP_BLOCK_INTERFACE, FILTER, FILTER, 1, LONGEST },
	/* operating system, offset of time, hardware, speeds */
	{ PCAP_BLOCK_INTERFACE, 12, 12, 0, LONGEST },
	{ PCAP_BLOCK_INTERFACE, CHECKSUM, CHECKSUM, 1, 1 },
	{ PCAP_BLOCK_INTERFACE, 14, 14, 8, 8 },
	{ PCAP_BLOCK_INTERFACE, 15, 15, 0, LONGEST },
	{ PCAP_BLOCK_INTERFACE, 16, 17, 8, 8 },
	/* times and counters */
	{ PCAP_BLOCK_STATISTICS, 2, 8, 8, 8 },
	/* hash; packets dropped, number of the packet; queue */
	{ PCAP_BLOCK_PACKET, FLAGS, FLAGS, 4, 4 },
	{ PCAP_BLOCK_PACKET, 3, 3, 1, LONGEST },
	{ PCAP_BLOCK_PACKET, 4, 5, 8, 8 },
	{ PCAP_BLOCK_PACKET, 6, 6, 4, 4 },
};

/* Checksums at the end are not payload, and not all filters are text. */
static bool is_sound_value(bool swapped, uint32_t block,
			   const struct pcap_option *o)
{
	if (block == PCAP_BLOCK_INTERFACE &&
	    (o->code == FILTER || o->code == CHECKSUM))
		return o->value[0] == 0;
	if (block == PCAP_BLOCK_PACKET && o->code == FLAGS)
		return !(pcap_u32(swapped, o->value) & FLAGS_CHECKSUM);
	return true;
}

static bool is_sound_option(bool swapped, uint32_t block,
			    const struct pcap_option *o)
{
	if (o->code == PCAP_OPTION_COMMENT)
		return true;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].block == block && o->code >= options[i].first &&
		    o->code <= options[i].last)
			return o->n >= options[i].least &&
			       o->n <= options[i].most &&
			       is_sound_value(swapped, block, o);
	return false;
}

/* An address with NUL-terminated names. */
static bool is_sound_name(const struct pcap_option *o)
{
	const size_t address = o->code == 1 ? IPV4 : IPV6;

	return (o->code == 1 || o->code == 2) && o->n > address + 1 &&
	       o->value[o->n - 1] == 0;
}

/* At least one entry, which may be the end marker. */
static bool are_sound_names(bool swapped, const uint8_t *at, const uint8_t *end)
{
	struct pcap_option o;
	int rc = at == end ? -1 : 1;

	while (rc > 0 && (rc = pcap_next_option(swapped, &at, end, &o)) > 0)
		if (!is_sound_name(&o))
			return false;
	return rc == 0;
}

static bool are_sound_options(bool swapped, uint32_t block, const uint8_t *at,
			      const uint8_t *end)
{
	struct pcap_option o;
	int rc = 0;

	while ((rc = pcap_next_option(swapped, &at, end, &o)) > 0)
		if (!is_sound_option(swapped, block, &o))
			return false;
	return rc == 0;
}

/* Number of bytes before the options, of "size"; 0: invalid. */
static size_t fixed_part(bool swapped, uint32_t type, const uint8_t *block,
			 size_t size)
{
	size_t n = 0, length = 0, i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) && kinds[i].block != type)
		i++;
	if (i == sizeof(kinds) / sizeof(*kinds) ||
	    kinds[i].header + TRAILER > size)
		return 0;
	if (kinds[i].length)
		length = pcap_u32(swapped, block + kinds[i].length);
	if (length > size)
		return 0;
	n = kinds[i].header + ((length + 3) & ~(size_t)3);
	return n + TRAILER > size ? 0 : n;
}

bool pcap_block_is_sound(bool swapped, const uint8_t *block, size_t size)
{
	const uint32_t type = pcap_u32(swapped, block);
	const uint8_t *end = block + size - TRAILER;
	const size_t n = fixed_part(swapped, type, block, size);

	if (n == 0 || pcap_u32(swapped, end) != size)
		return false;
	/* These blocks rarely have options. */
	if (type == PCAP_BLOCK_NAMES)
		return are_sound_names(swapped, block + n, end);
	return are_sound_options(swapped, type, block + n, end);
}
