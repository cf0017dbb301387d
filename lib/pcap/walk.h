/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - a capture file from record to record.
 *
 * pcap with either time stamp, and pcapng, both in either byte order, plain or
 * in gzip (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).  Reads on only, a
 * piece at a time, whatever lengths the file tells; a pipe will do.
 *
 *	struct pcap_walk walk;
 *	struct pcap_record r;
 *	if (pcap_walk_open(&walk, fd, 0) == 0)
 *		while ((step = pcap_walk_next(&walk, &r)) == PCAP_RECORD) ...
 *	pcap_walk_close(&walk);
 *
 * The file descriptor stays the caller's; of a regular file its offset is not
 * moved.  Where that is not gzip, the walk can go to a record that was met
 * before: pcap_walk_go().
 */
#ifndef PCAP_WALK_H
#define PCAP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcap/bytes.h"
#include "pcap/interface.h"

enum {
	/* Programs wrote longer records under the same magic numbers, which is
	   to be seen by the first ones: then they are PCAP_UNKNOWN. */
	PCAP_FIRST_RECORDS = 20
};

enum pcap_kind {
	PCAP_SECTION,	/* file header of pcap, section header of pcapng */
	PCAP_INTERFACE, /* description of an interface */
	PCAP_PACKET,
	PCAP_NOTE /* names, statistics, keys: what no packet depends on */
};

/* Why there is no further record. */
enum pcap_step {
	PCAP_RECORD,  /* there is */
	PCAP_END,     /* all were read */
	PCAP_CUT,     /* the file ends within a record */
	PCAP_DAMAGED, /* what comes next cannot be a record */
	PCAP_UNKNOWN  /* a record of a kind that is not known here, or one of
			 which programs make this or that (block.h) */
};

struct pcap_record {
	enum pcap_kind kind;
	const uint8_t *raw; /* as the file has it, until the next call */
	size_t n_raw;	    /* bytes, or as many of them as are wanted */
	uint64_t at;	    /* where it begins in the file, unpacked */
	/* Of a PCAP_PACKET. */
	uint32_t number;       /* in the file, from 1 */
	uint32_t link;	       /* link type, see packet.h */
	uint32_t captured;     /* bytes in the file */
	uint32_t length;       /* bytes on the wire */
	const uint8_t *bytes;  /* those captured, in "raw" */
	bool has_time;	       /* of those that a clock can have had */
	int64_t time;	       /* ns since 1970 */
	const char *interface; /* its name, until the next section; or "" */
	bool is_odd; /* Wireshark's versions differ on its interface */
};

struct pcap_walk {
	struct bytes bytes;
	bool is_pcapng, swapped, begun;
	uint32_t head;	  /* bytes of a packet that are wanted; 0: all */
	uint32_t packets; /* so far */
	uint32_t snaplen; /* of pcap */
	struct pcap_interface *interfaces; /* of this section; owned */
	size_t n_interfaces, cap_interfaces;
};

/*
 * Of a regular file from the offset "start" on.  -1: a file of another format.
 * To be closed in any case.
 */
int pcap_walk_open(struct pcap_walk *walk, int fd, off_t start);

/* After anything else than PCAP_RECORD the walk is only to be closed. */
enum pcap_step pcap_walk_next(struct pcap_walk *walk,
			      struct pcap_record *record);

/* Can a walk that is open go to a record? */
bool pcap_walk_can_go(const struct pcap_walk *walk);

/*
 * Let the next record be the one "at" (struct pcap_record), which is packet
 * "number", in the section and of an interface that were met last.  With "head"
 * set, raw bytes of packets end with the first so many of the packet: the next
 * record is then to be gone to as well.  False: no record is there.
 */
bool pcap_walk_go(struct pcap_walk *walk, uint64_t at, uint32_t number)
	__attribute__((warn_unused_result));

/* Where the next record begins, if there is one (struct pcap_record). */
uint64_t pcap_walk_at(const struct pcap_walk *walk);

/*
 * Go on towards "at", which is not looked at record by record: how many bytes
 * are at *bytes, until the next call; 0: the walk is there, or cannot get
 * there. Before anything else it is to be gone to.
 */
size_t pcap_walk_raw(struct pcap_walk *walk, uint64_t at, const uint8_t **bytes)
	__attribute__((warn_unused_result));

void pcap_walk_close(struct pcap_walk *walk);

/* Does a regular file begin as a pcap or pcapng does, at the offset "start"? */
bool pcap_walk_opens(int fd, off_t start);

/*
 * Is all of a regular file known, from the offset "start" to its end, or to
 * where it is cut or damaged?
 */
bool pcap_walk_is_known(int fd, off_t start);

#endif
