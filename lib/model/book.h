/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book.h - the ledgers of all connections of a capture, opened at any packet.
 *
 *	struct book book;
 *	book_init(&book, &trace);
 *	book_look(&book, i, &entry);
 *	... entry.pieces[0].byte_class ...
 *	book_release(&book);
 *
 * Connections of which no packet is in the trace have no ledger.
 * The book owns the ledgers and borrows the trace, whose bytes it counts.
 * Costs what the ledgers cost, and 8 bytes per packet.
 */
#ifndef MODEL_BOOK_H
#define MODEL_BOOK_H

#include "model/ledger.h"

struct book {
	struct trace *trace;
	struct ledger *ledgers; /* as trace.connections */
	uint32_t *piece; /* by packet: its first in the ledger, + 1; 0: none */
	uint32_t *ack;	 /* the same for its last acknowledgment of data */
};

/* What the ledger says of a packet.  Pointers into the book. */
struct book_entry {
	const struct ledger *ledger; /* NULL: in no connection */
	enum direction direction;    /* MPTCP roles; TCP roles without one */
	const struct piece *pieces;
	size_t n_pieces;
	const struct data_ack *ack; /* or NULL */
};

void book_init(struct book *book, struct trace *trace);
void book_look(const struct book *book, size_t packet, struct book_entry *out);
void book_release(struct book *book);

#endif
