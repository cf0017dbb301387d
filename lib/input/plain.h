/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain.h - is a packet what it looks like?
 *
 * A plain packet needs no other packet to be understood (no fragment) and has
 * no other packet inside (no tunnel).  Where a link layer or a protocol is not
 * known here, the answer is no.
 */
#ifndef INPUT_PLAIN_H
#define INPUT_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/* Link types, as in pcap and pcapng files. */
enum link_type {
	LINK_ETHERNET = 1,
	LINK_RAW = 101,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276
};

enum {
	PLAIN_LOOK = 128 /* bytes of a packet that suffice */
};

int plain_link(uint32_t link_type);

/* Of the packet's bytes the first n are given. */
int plain_packet(uint32_t link_type, const uint8_t *bytes, size_t n);

#endif
