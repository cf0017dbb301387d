/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * portreuse.h - addresses and ports that are used again make a new stream.
 *
 * So they do for Wireshark, but with 3.4 only where it analyses sequence
 * numbers, which costs much and is not used here.  This does the same to rows
 * (and nothing where Wireshark does):
 * a SYN (without ACK) with another sequence number than its sender began with
 * opens a stream, with the next number; so all later ones have higher numbers.
 *
 *	struct portreuse p;
 *	portreuse_init(&p);
 *	portreuse_row(&p, &row);	// of each row, in the order of the file
 *	portreuse_release(&p);
 */
#ifndef INPUT_PORTREUSE_H
#define INPUT_PORTREUSE_H

#include <stddef.h>

#include "input/row.h"

struct portreuse_stream;

struct portreuse {
	struct portreuse_stream *streams; /* by tshark's number; owned */
	size_t n, cap;
	uint32_t splits;
};

void portreuse_init(struct portreuse *p);
void portreuse_release(struct portreuse *p);

/* Give the row the number that its stream has with later versions. */
void portreuse_row(struct portreuse *p, struct row *row);

#endif
