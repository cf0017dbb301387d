/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block.h - which blocks of a pcapng are sound beyond doubt
 * (draft-ietf-opsawg-pcapng section 4).
 *
 * Whether a program reads on behind a block with a fault, drops the rest of the
 * file, or takes the fault for something else, depends on the program and its
 * version.  So a block of which all is as the specification has it is sound,
 * and any other is left to tshark, with the capture that it is in.
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
 * Of a whole block of "size" bytes, a multiple of 4 and at least 12, in the
 * byte order of its section: its fixed part fits, and its options are known
 * ones of the right lengths.  False for kinds that are not in enum pcap_block.
 */
bool pcap_block_is_sound(bool swapped, const uint8_t *block, size_t size);

#endif
