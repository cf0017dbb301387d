/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledgers.h - the ledgers of all connections, opened at any packet.
 *
 *	struct ledgers ledgers;
 *	ledgers_init(&ledgers, &trace);
 *	ledgers_look(&ledgers, i, &entry);
 *	... entry.pieces[0].byte_class ...
 *	ledgers_release(&ledgers);
 *
 * Connections of which no packet is in the trace have no ledger.
 * Owns the ledgers and borrows the trace, whose bytes it counts.
 * Costs what the ledgers cost, and 8 bytes per packet.
 */
#ifndef MODEL_LEDGERS_H
#define MODEL_LEDGERS_H

#include "model/ledger.h"

struct ledgers {
	struct trace *trace;
	struct ledger *items; /* as trace.connections */
	uint32_t *piece; /* by packet: its first in the ledger, + 1; 0: none */
	uint32_t *ack;	 /* the same for its last acknowledgment of data */
};

/* What the ledger says of a packet.  Pointers into the ledgers. */
struct ledger_entry {
	const struct ledger *ledger; /* NULL: in no connection */
	enum direction direction;    /* MPTCP roles; TCP roles without one */
	const struct piece *pieces;
	size_t n_pieces;
	const struct data_ack *ack; /* or NULL */
};

void ledgers_init(struct ledgers *ledgers, struct trace *trace);
void ledgers_look(const struct ledgers *ledgers, size_t packet,
		  struct ledger_entry *out);
void ledgers_release(struct ledgers *ledgers);

#endif
