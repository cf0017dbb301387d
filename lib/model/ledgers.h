/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledgers.h - the ledgers of all connections, with access by packet.
 *
 *	struct ledgers ledgers;
 *	ledgers_init(&ledgers, &trace);
 *	ledgers_look(&ledgers, i, &entry);
 *	... entry.pieces[0].byte_class ...
 *	ledgers_release(&ledgers);
 *
 * Connections without packets in the trace have no ledger.  Owns the ledgers,
 * borrows the trace, and accounts its bytes.  Needs the memory of the ledgers
 * and 8 bytes per packet.
 */
#ifndef MODEL_LEDGERS_H
#define MODEL_LEDGERS_H

#include "model/ledger.h"

struct ledgers {
	struct trace *trace;
	struct ledger *items; /* as trace.connections */
	uint32_t *piece; /* by packet: index of its first piece + 1; 0: none */
	uint32_t *ack;	 /* by packet: index of its last acknowledgment + 1 */
};

/* What a ledger contains about a packet; pointers into the ledgers. */
struct ledger_entry {
	const struct ledger *ledger; /* NULL: the packet is in no connection */
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
