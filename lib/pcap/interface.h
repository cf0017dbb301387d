/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interface.h - an interface of a capture, from its description block in
 * pcapng (draft-ietf-opsawg-pcapng section 4.2).
 */
#ifndef PCAP_INTERFACE_H
#define PCAP_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

struct pcap_interface {
	uint32_t link;
	uint64_t units; /* time stamp units per second; 0: unknown */
	int64_t offset; /* seconds to add to time stamps */
	char *name;	/* owned; "": none */
	bool is_odd;	/* Wireshark versions interpret it differently */
};

/*
 * Read name and time stamp format from the options of a description block,
 * from "at" to "end".  The options must be valid (block.h).
 */
void pcap_interface_describe(struct pcap_interface *i, bool swapped,
			     const uint8_t *at, const uint8_t *end);

#endif
