/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - read a capture file record by record.
 *
 * Supports pcap with either time stamp resolution, and pcapng, both in either
 * byte order, uncompressed or compressed by gzip (draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng).  Reads sequentially and in small pieces, whatever
 * lengths the file claims; the input may be a pipe.
 *
 *	struct pcap_walk walk;
 *	struct pcap_record r;
 *	if (pcap_walk_open(&walk, fd, 0) == 0)
 *		while ((step = pcap_walk_next(&walk, &r)) == PCAP_RECORD) ...
 *	pcap_walk_close(&walk);
 *
 * The descriptor remains the caller's; the offset of a regular file is not
 * changed.  If the file is not compressed, the walk can return to a record
 * seen before: pcap_walk_go().
 */
#ifndef PCAP_WALK_H
#define PCAP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcap/bytes.h"
#include "pcap/interface.h"

enum {
	/*
	 * Some programs wrote longer record headers under the same magic
	 * number, which shows in the first records: these are PCAP_UNKNOWN.
	 */
	PCAP_FIRST_RECORDS = 20
};

enum pcap_kind {
	PCAP_SECTION,	/* file header of pcap, section header of pcapng */
	PCAP_INTERFACE, /* description of an interface */
	PCAP_PACKET,
	PCAP_NOTE /* names, statistics, keys: no packet depends on it */
};

/* The result of reading the next record. */
enum pcap_step {
	PCAP_RECORD,  /* success */
	PCAP_END,     /* all were read */
	PCAP_CUT,     /* the file ends within a record */
	PCAP_DAMAGED, /* the next bytes cannot be a record */
	PCAP_UNKNOWN  /* a record type that is unknown here, or that programs
			 interpret differently (block.h) */
};

struct pcap_record {
	enum pcap_kind kind;
	const uint8_t *raw; /* bytes in the file; valid until the next call */
	size_t n_raw;	    /* number of bytes, limited by "head" */
	uint64_t at;	    /* its offset in the (uncompressed) file */
	/* For PCAP_PACKET: */
	uint32_t number;       /* in the file, from 1 */
	uint32_t link;	       /* link type, see packet.h */
	uint32_t captured;     /* bytes in the file */
	uint32_t length;       /* bytes on the wire */
	const uint8_t *bytes;  /* those captured, in "raw" */
	bool has_time;	       /* the time is plausible */
	int64_t time;	       /* ns since 1970 */
	const char *interface; /* its name, until the next section; or "" */
	bool is_odd;	       /* Wireshark versions differ on its interface */
};

struct pcap_walk {
	struct bytes bytes;
	bool is_pcapng, swapped, begun;
	uint32_t head;	  /* read only so many bytes of each packet; 0: all */
	uint32_t packets; /* so far */
	uint32_t snaplen; /* pcap only */
	struct pcap_interface *interfaces; /* of this section; owned */
	size_t n_interfaces, cap_interfaces;
};

/*
 * Begin at offset "start" of a regular file.  -1: another format.  To be
 * closed in any case.
 */
int pcap_walk_open(struct pcap_walk *walk, int fd, off_t start);

/* The same with a function that reads (bytes.h). */
int pcap_walk_open_read(struct pcap_walk *walk, bytes_read_fn *read, void *ctx);

/* After any other result than PCAP_RECORD the walk can only be closed. */
enum pcap_step pcap_walk_next(struct pcap_walk *walk,
			      struct pcap_record *record);

/* Whether pcap_walk_go() is possible. */
bool pcap_walk_can_go(const struct pcap_walk *walk);

/*
 * Continue at the record with offset "at" (struct pcap_record), which is
 * packet "number" of the current section and its interfaces.  If "head" is
 * set, "raw" ends after so many bytes of the packet, and the record after it
 * must be reached by pcap_walk_go(), too.  False: there is no record.
 */
bool pcap_walk_go(struct pcap_walk *walk, uint64_t at, uint32_t number)
	__attribute__((warn_unused_result));

/* The offset of the next record, if there is one. */
uint64_t pcap_walk_at(const struct pcap_walk *walk);

/*
 * Read on to offset "at" without splitting into records: returns the number of
 * bytes at *bytes, valid until the next call; 0: "at" is reached, or cannot
 * be.  Afterwards only this or pcap_walk_go() may be called.
 */
size_t pcap_walk_raw(struct pcap_walk *walk, uint64_t at, const uint8_t **bytes)
	__attribute__((warn_unused_result));

void pcap_walk_close(struct pcap_walk *walk);

/*
 * Whether a regular file is pcap or pcapng at offset "start", by its first
 * bytes.
 */
bool pcap_walk_opens(int fd, off_t start);

/*
 * Whether all records of a regular file, from offset "start" to its end or to
 * where it is cut or damaged, are of known types.
 */
bool pcap_walk_is_known(int fd, off_t start);

#endif
