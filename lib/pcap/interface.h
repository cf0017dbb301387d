/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interface.h - an interface that packets were captured at, as its description
 * in a pcapng tells (draft-ietf-opsawg-pcapng section 4.2).
 */
#ifndef PCAP_INTERFACE_H
#define PCAP_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

struct pcap_interface {
	uint32_t link;
	uint64_t units; /* of a second, in which stamps are; 0: not known */
	int64_t offset; /* seconds, to be added */
	char *name;	/* owned; "": none */
	bool is_odd;	/* Wireshark's versions differ on it */
};

/*
 * Take its name and how it stamps packets from the options of a description,
 * which go from "at" to "end" and are sound.
 */
void pcap_interface_describe(struct pcap_interface *i, bool swapped,
			     const uint8_t *at, const uint8_t *end);

#endif
