/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standalone.h - can a packet be understood by itself?
 *
 * Such a packet needs no other packet (it is no fragment) and has no other
 * packet inside (it is no tunnel).  Where a link layer or a protocol is not
 * known here, the answer is no.
 */
#ifndef PCAP_STANDALONE_H
#define PCAP_STANDALONE_H

#include <stdbool.h>
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

/* Of the packet's bytes the first n are given. */
bool standalone_packet(uint32_t link_type, const uint8_t *bytes, size_t n);

#endif
