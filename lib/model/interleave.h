/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interleave.h - the packets of several files that are one capture, in one
 * order of time and with the numbers of one capture.
 *
 * The files were read into one packet table, one behind the other, each with
 * numbers of frames of its own, and of TCP streams that no other file has.
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
	uint32_t *order;	 /* where in the table the i-th packet is */
	uint32_t *numbers;	 /* of the TCP stream of the i-th packet */
	struct icmp_errors icmp; /* of all files, by the new numbers */
};

/*
 * All in the order of their times; where these are equal of the first file, and
 * within a file in its order.  Not as files are that programs merge from the
 * packet that comes next in each: a capture of several interfaces is not in
 * order of time, and of its rotated files the second may have packets that are
 * older than the end of the first, and the third some that are older than
 * those. Packets get numbers in this order, which stand in p->frame then, and
 * their origins are put down (origins.h).
 */
void interleave(struct interleaved *v, struct packets *p,
		const struct interleave_file *files, size_t n,
		enum numbering_rule rule, struct origins *origins);

void interleaved_release(struct interleaved *v);

#endif
