/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/ledgers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account.h"

static void open_ledger(struct ledgers *all, size_t c)
{
	struct ledger *l = &all->items[c];

	ledger_init(l);
	account_connection(all->trace, &all->trace->connections[c], l);
	for (size_t i = l->n_pieces; i > 0; i--)
		all->piece[l->pieces[i - 1].packet] = (uint32_t)i;
	for (size_t i = 0; i < l->n_acks; i++)
		all->ack[l->acks[i].packet] = (uint32_t)i + 1;
}

void ledgers_init(struct ledgers *all, struct trace *t)
{
	uint8_t *has = NULL; /* by connection: packets */

	memset(all, 0, sizeof(*all));
	all->trace = t;
	all->items = mem_calloc(t->n_connections + 1, sizeof(*all->items));
	all->piece = mem_calloc(t->packets.n + 1, sizeof(*all->piece));
	all->ack = mem_calloc(t->packets.n + 1, sizeof(*all->ack));
	has = mem_calloc(t->n_connections + 1, 1);
	for (size_t i = 0; i < t->packets.n; i++) {
		long c = t->streams[t->packets.stream[i]].connection;

		if (c >= 0)
			has[c] = 1;
	}
	for (size_t c = 0; c < t->n_connections; c++)
		if (has[c])
			open_ledger(all, c);
	free(has);
}

void ledgers_look(const struct ledgers *all, size_t packet,
		  struct ledger_entry *out)
{
	const struct trace *t = all->trace;
	long c = t->streams[t->packets.stream[packet]].connection;
	const struct ledger *l = c < 0 ? NULL : &all->items[c];

	*out = (struct ledger_entry){ .ledger = l,
				      .direction =
					      ledger_direction(t, packet) };
	if (!l)
		return;
	if (all->piece[packet]) {
		size_t from = all->piece[packet] - 1, to = from;

		while (to < l->n_pieces && l->pieces[to].packet == packet)
			to++;
		out->pieces = l->pieces + from;
		out->n_pieces = to - from;
	}
	if (all->ack[packet])
		out->ack = &l->acks[all->ack[packet] - 1];
}

void ledgers_release(struct ledgers *all)
{
	for (size_t c = 0; all->items && c < all->trace->n_connections; c++)
		ledger_release(&all->items[c]);
	free(all->items);
	free(all->piece);
	free(all->ack);
	memset(all, 0, sizeof(*all));
}
