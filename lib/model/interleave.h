/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interleave.h - merge the packets of several files that are one capture into
 * order of time, with frame and stream numbers of a single capture.
 *
 * The files must be in one packet table, one after the other, each with its
 * own frame numbers, and with TCP stream numbers that no other file uses.
 *
 *	struct interleaved v;
 *	interleave(&v, &packets, files, n, NUMBERING_4_4, &origins);
 *	packets_rearrange(&packets, v.order, v.numbers);
 *	interleaved_release(&v);
 */
#ifndef MODEL_INTERLEAVE_H
#define MODEL_INTERLEAVE_H

#include "model/packets.h"
#include "row/icmp.h"
#include "row/numbering.h"
#include "row/origins.h"

struct interleave_file {
	size_t first, n; /* its packets in the table */
	const struct icmp_errors *icmp;
};

struct interleaved {
	uint32_t *order;	 /* the i-th packet was at this index */
	uint32_t *numbers;	 /* TCP stream number of the i-th packet */
	struct icmp_errors icmp; /* of all files, with the new frame numbers */
};

/*
 * Sort all packets by time; of equal times by file, and within a file by its
 * order.  This differs from merging by the next packet of each file: a capture
 * of several interfaces is not in order of time, and after rotation a later
 * file may have packets that are older than the end of the previous one.
 * Packets get frame numbers in this order in p->frame, and their origins are
 * recorded (origins.h).
 */
void interleave(struct interleaved *v, struct packets *p,
		const struct interleave_file *files, size_t n,
		enum numbering_rule rule, struct origins *origins);

void interleaved_release(struct interleaved *v);

#endif
