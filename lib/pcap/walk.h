/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - a capture file from record to record.
 *
 * pcap with either time stamp, and pcapng, both in either byte order
 * (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng); not compressed.  Reads on
 * only, a piece at a time, whatever lengths the file tells.
 *
 *	struct pcap_walk walk;
 *	struct pcap_record r;
 *	if (pcap_walk_open(&walk, fd) == 0)
 *		while ((rc = pcap_walk_next(&walk, &r)) > 0) ...
 *	pcap_walk_close(&walk);
 *
 * The file descriptor stays the caller's; its offset is not moved.
 */
#ifndef PCAP_WALK_H
#define PCAP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pcap_kind {
	PCAP_SECTION,	/* file header of pcap, section header of pcapng */
	PCAP_INTERFACE, /* description of an interface */
	PCAP_PACKET,
	PCAP_OLD_PACKET, /* a simple or obsolete packet block: only counted */
	PCAP_NOTE,	 /* names, statistics: what no packet depends on */
	PCAP_UNKNOWN
};

enum {
	PCAP_LOOK = 128 /* bytes of a packet that can be seen */
};

struct pcap_record {
	enum pcap_kind kind;
	uint64_t from, to; /* bytes of the file: all of the record */
	/* Of a PCAP_PACKET. */
	uint32_t link;	      /* link type, see standalone.h */
	uint32_t captured;    /* bytes in the file */
	uint32_t length;      /* bytes on the wire */
	const uint8_t *bytes; /* the first of those captured, until the next
				 call */
	size_t n;	      /* how many: all, or PCAP_LOOK */
};

struct pcap_walk {
	int fd;
	bool is_pcapng, swapped;
	uint64_t size, at; /* of the file; of the next record */
	uint8_t *window;   /* a piece of the file; owned */
	uint64_t window_at;
	size_t window_n;
	uint32_t *links; /* of the interfaces of this section; owned */
	size_t n_links, cap_links;
};

/* -1: a file that is not regular, or of another format.  To be closed in
   any case. */
int pcap_walk_open(struct pcap_walk *walk, int fd);

/* 1 and the next record; 0: there are no more; -1: the file is damaged, cut
   short, or cannot be read. */
int pcap_walk_next(struct pcap_walk *walk, struct pcap_record *record);

void pcap_walk_close(struct pcap_walk *walk);

#endif
