/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbering.h - number TCP streams as Wireshark does (tcp.stream).
 *
 * Each pair of addresses and ports is a stream, numbered from 0.  A new
 * handshake on the same pair begins another stream with the next number; under
 * which conditions depends on the version of Wireshark (VIOLATIONS.md).  The
 * result was compared with Wireshark on random segments.
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
	NUMBERING_4_0, /* a SYN begins a stream if its sequence number differs
			  from that of its sender's first SYN */
	NUMBERING_4_4  /* so do a SYN or SYN/ACK after FIN or RST, and a SYN/ACK
			  with a different number */
};

struct numbered_pair;

struct numbering {
	enum numbering_rule rule;
	uint32_t n; /* streams so far */
	struct numbered_pair *pairs;
	size_t cap; /* capacity; a power of two */
	size_t n_pairs;
};

void numbering_init(struct numbering *n, enum numbering_rule rule);
void numbering_release(struct numbering *n);

/*
 * Set row->stream.  Packets quoted by ICMP errors (ROW_ICMP) and ROW_MALFORMED
 * belong to streams, too.
 */
void numbering_row(struct numbering *n, struct row *row, enum row_kind kind);

/*
 * Forget pairs that were last seen before a time (ns since 1970), to free
 * memory: "closed" for those with FIN or RST, "any" for all.  If they appear
 * again, they get a new number.
 */
void numbering_forget(struct numbering *n, int64_t closed, int64_t any);

#endif
