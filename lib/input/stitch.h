/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stitch.h - numbers of TCP streams for a capture that was read in parts.
 *
 * Each tshark counts the streams of its part from 0.  Those of the whole are
 * the order in which pairs of addresses and ports appear, as long as Wireshark
 * has one stream per pair; whether it has is watched: within a part its own
 * numbers tell, and between parts no handshake may begin anew on a pair that
 * was there before.  What is not certain is said, never guessed.
 *
 *	struct stitch s;
 *	stitch_init(&s);
 *	stitch_part(&s);			// of each part
 *	if (stitch_row(&s, &row) < 0) ...	// of each row, in order
 *	stitch_release(&s);
 */
#ifndef INPUT_STITCH_H
#define INPUT_STITCH_H

#include <stddef.h>
#include <stdint.h>

#include "input/row.h"

struct stitch_pair;

struct stitch {
	struct stitch_pair *pairs;	/* hashed; owned */
	struct stitch_pair **by_stream; /* of this part; owned */
	size_t cap;
	uint32_t n;    /* pairs, all parts */
	uint32_t part; /* from 1 */
};

void stitch_init(struct stitch *s);
void stitch_release(struct stitch *s);

/* The rows that follow are those of the next part. */
void stitch_part(struct stitch *s);

/*
 * Give the row the number that its stream has in the whole.  -1: with the
 * parts alone that cannot be told; all rows before this one are right.
 */
int stitch_row(struct stitch *s, struct row *row)
	__attribute__((warn_unused_result));

/*
 * The same for a packet that an ICMP error quotes: Wireshark numbers its
 * stream, too.
 */
int stitch_quoted(struct stitch *s, struct row *row)
	__attribute__((warn_unused_result));

#endif
