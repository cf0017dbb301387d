/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbering.h - the numbers of TCP streams, as Wireshark gives them.
 *
 * A pair of addresses and ports is a stream, the first one 0; a handshake that
 * begins anew on it opens another, which has the next number.  When it does so
 * depends on the version of Wireshark (VIOLATIONS.md): this has been compared
 * with it over random segments.
 *
 *	struct numbering n;
 *	numbering_init(&n, NUMBERING_4_4);
 *	numbering_row(&n, &row, kind);		// each row, in order
 *	numbering_release(&n);
 *
 * A struct numbering owns what it points to.
 */
#ifndef ROW_NUMBERING_H
#define ROW_NUMBERING_H

#include <stddef.h>
#include <stdint.h>

#include "row/row.h"

enum numbering_rule {
	NUMBERING_4_0, /* a SYN with another sequence number than its sender
			  began with opens a stream */
	NUMBERING_4_4  /* and so do a SYN and a SYN/ACK after FIN or RST, and a
			  SYN/ACK with another number */
};

struct numbered_pair;

struct numbering {
	enum numbering_rule rule;
	uint32_t n; /* streams so far */
	struct numbered_pair *pairs;
	size_t cap; /* room; a power of two */
	size_t n_pairs;
};

void numbering_init(struct numbering *n, enum numbering_rule rule);
void numbering_release(struct numbering *n);

/*
 * Give the row the number of its stream.  "kind": ROW_ICMP for a packet that an
 * ICMP error quotes, and ROW_MALFORMED, have streams, too.
 */
void numbering_row(struct numbering *n, struct row *row, enum row_kind kind);

#endif
