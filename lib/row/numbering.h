/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbering.h - the numbers of TCP streams, where those of one tshark are not
 * those that Wireshark has for the whole capture.
 *
 * A capture that was read in parts: each tshark counts the streams of its part
 * from 0.  Those of the whole are the order in which pairs of addresses and
 * ports appear, as long as Wireshark has one stream per pair; whether it has is
 * watched: within a part its own numbers tell, and between parts no handshake
 * may begin anew on a pair that was there before.  What is not certain is said,
 * never guessed.
 *
 * A tshark before 4.0, for which addresses and ports that are used again make a
 * new stream only where it analyses sequence numbers, which costs much and is
 * not used here: a SYN (without ACK) with another sequence number than its
 * sender began with opens a stream, with the next number; so all later ones
 * have higher numbers.
 *
 *	struct numbering n;
 *	numbering_init(&n, NUMBERING_PARTS);
 *	numbering_part(&n);			// of each part
 *	if (numbering_row(&n, &row) < 0) ...	// of each row, in order
 *	numbering_release(&n);
 *
 * A struct numbering owns what it points to.
 */
#ifndef ROW_NUMBERING_H
#define ROW_NUMBERING_H

#include <stddef.h>
#include <stdint.h>

#include "row/row.h"

enum numbering_kind {
	NUMBERING_PARTS, /* tsharks that saw a part each */
	NUMBERING_REUSE	 /* one that does not see that ports are used again */
};

struct numbered_pair;
struct numbered_stream;

struct numbering {
	enum numbering_kind kind;
	uint32_t n; /* pairs, of all parts; or numbers that tshark gave */
	size_t cap; /* of by_stream, or streams */
	struct numbered_pair *pairs;	  /* hashed */
	struct numbered_pair **by_stream; /* of this part */
	uint32_t part;			  /* from 1 */
	struct numbered_stream *streams;  /* by tshark's number */
	uint32_t splits;
};

void numbering_init(struct numbering *n, enum numbering_kind kind);
void numbering_release(struct numbering *n);

/* The rows that follow are those of the next part. */
void numbering_part(struct numbering *n);

/*
 * Give the row the number that its stream has in the whole.  -1: with the
 * parts alone that cannot be told; all rows before this one are right.
 */
int numbering_row(struct numbering *n, struct row *row)
	__attribute__((warn_unused_result));

/*
 * The same for a packet that an ICMP error quotes: Wireshark numbers its
 * stream, too.
 */
int numbering_quoted(struct numbering *n, struct row *row)
	__attribute__((warn_unused_result));

#endif
