/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.h - read options of pcapng blocks (draft-ietf-opsawg-pcapng section
 * 3.5), and numbers in the byte order of the file.
 */
#ifndef PCAP_OPTION_H
#define PCAP_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	PCAP_OPTION_COMMENT = 1 /* opt_comment, of any block */
};

/* "swapped": the byte order of the file differs from this machine's. */
static inline uint16_t pcap_u16(bool swapped, const uint8_t *p)
{
	uint16_t v = 0;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t pcap_u32(bool swapped, const uint8_t *p)
{
	uint32_t v = 0;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint64_t pcap_u64(bool swapped, const uint8_t *p)
{
	uint64_t v = 0;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap64(v) : v;
}

struct pcap_option {
	unsigned code;
	size_t n;
	const uint8_t *value; /* borrowed */
};

/*
 * Read the option at *at and advance *at to the next one; options end at
 * "end". 1: success; 0: there are no more; -1: invalid.
 */
int pcap_next_option(bool swapped, const uint8_t **at, const uint8_t *end,
		     struct pcap_option *o);

#endif
