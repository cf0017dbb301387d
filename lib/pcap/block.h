/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block.h - decide which pcapng blocks are valid beyond doubt
 * (draft-ietf-opsawg-pcapng section 4).
 *
 * Programs and their versions differ in whether they skip a faulty block,
 * ignore the rest of the file, or misinterpret the fault.  So only blocks that
 * conform to the specification in every respect are read here; captures with
 * any others are left to tshark.
 */
#ifndef PCAP_BLOCK_H
#define PCAP_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pcap_block {
	PCAP_BLOCK_INTERFACE = 1,
	PCAP_BLOCK_NAMES = 4,
	PCAP_BLOCK_STATISTICS = 5,
	PCAP_BLOCK_PACKET = 6,
	PCAP_BLOCK_SECRETS = 10,
	PCAP_BLOCK_SECTION = 0x0a0d0d0a /* in either byte order */
};

/*
 * For a complete block of "size" bytes, a multiple of 4 and at least 12, in
 * the byte order of its section: whether its fixed part fits, and its options
 * are known ones with correct lengths.  False for types that are not in enum
 * pcap_block.
 */
bool pcap_block_is_sound(bool swapped, const uint8_t *block, size_t size);

#endif
