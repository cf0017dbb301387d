/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origins.h - of several files that are one capture: which frame of which file
 * a packet is.
 *
 * The packets of such a capture that are kept (TCP, and ICMP errors) have
 * numbers of their own, 1 for the first one.  People and scripts are told the
 * file and the number that Wireshark shows for it there.
 *
 * A list owns what it points to.  All zero: the capture is one file, and the
 * number of a packet is that in the file.
 */
#ifndef ROW_ORIGINS_H
#define ROW_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"

struct origins {
	struct strlist paths; /* of the files, as they were given */
	struct strlist names; /* the same, no longer than needed to tell them
				 apart */
	uint16_t *file;	      /* index in these, by number less 1 */
	uint32_t *frame;      /* number in the file, from 1 */
	size_t n, cap_file, cap_frame;
};

struct origin {
	const char *path, *name; /* the list's; NULL: one file only, */
	uint32_t frame;		 /* and the number is what was asked for */
};

/* One more file, behind the others. */
void origins_add_file(struct origins *o, const char *path);

/* Give names to the files, when all are there. */
void origins_name_files(struct origins *o);

/* The next packet: its number is o->n afterwards. */
void origins_add(struct origins *o, size_t file, uint32_t frame);

struct origin origins_find(const struct origins *o, uint32_t number);

enum {
	ORIGIN_TEXT = 96 /* a longer name of a file loses its beginning */
};

/* "12", and of several files "eth0.pcap:12". */
struct origin_text {
	char text[ORIGIN_TEXT];
};
struct origin_text origins_text(const struct origins *o, uint32_t number);

void origins_release(struct origins *o);

#endif
