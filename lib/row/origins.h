/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origins.h - if a capture consists of several files: the original file and
 * frame number of each packet.
 *
 * The packets of such a capture that are kept (TCP, and ICMP errors) are
 * numbered from 1.  Users are always told the file and the frame number within
 * it, as Wireshark shows them.
 *
 * A list owns what it points to.  All zero: the capture is one file, and
 * packet numbers are frame numbers.
 */
#ifndef ROW_ORIGINS_H
#define ROW_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"

struct origins {
	struct strlist paths; /* of the files, as given */
	struct strlist names; /* the same, shortened to what distinguishes them
			       */
	uint16_t *file;	      /* file index, by packet number - 1 */
	uint32_t *frame; /* frame number in the file, by packet number - 1 */
	size_t n, cap_file, cap_frame;
};

struct origin {
	const char *path, *name; /* in the list; NULL: one file only, and ... */
	uint32_t frame;		 /* ... this is the number that was passed */
};

/* Append a file. */
void origins_add_file(struct origins *o, const char *path);

/* Determine the names.  Call when all files were added. */
void origins_name_files(struct origins *o);

/* Append a packet; its number is o->n afterwards. */
void origins_add(struct origins *o, size_t file, uint32_t frame);

struct origin origins_find(const struct origins *o, uint32_t number);

enum {
	ORIGIN_TEXT = 96 /* longer file names are truncated at the beginning */
};

/* "12"; for several files "eth0.pcap:12". */
struct origin_text {
	char text[ORIGIN_TEXT];
};
struct origin_text origins_text(const struct origins *o, uint32_t number);

void origins_release(struct origins *o);

#endif
