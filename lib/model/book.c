/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account.h"

static void open_ledger(struct book *b, size_t c)
{
	struct ledger *l = &b->ledgers[c];

	ledger_init(l);
	account_connection(b->trace, &b->trace->connections[c], l);
	for (size_t i = l->n_pieces; i > 0; i--)
		b->piece[l->pieces[i - 1].packet] = (uint32_t)i;
	for (size_t i = 0; i < l->n_acks; i++)
		b->ack[l->acks[i].packet] = (uint32_t)i + 1;
}

void book_init(struct book *b, struct trace *t)
{
	uint8_t *has = NULL; /* by connection: packets */

	memset(b, 0, sizeof(*b));
	b->trace = t;
	b->ledgers = mem_calloc(t->n_connections + 1, sizeof(*b->ledgers));
	b->piece = mem_calloc(t->packets.n + 1, sizeof(*b->piece));
	b->ack = mem_calloc(t->packets.n + 1, sizeof(*b->ack));
	has = mem_calloc(t->n_connections + 1, 1);
	for (size_t i = 0; i < t->packets.n; i++) {
		long c = t->streams[t->packets.stream[i]].connection;

		if (c >= 0)
			has[c] = 1;
	}
	for (size_t c = 0; c < t->n_connections; c++)
		if (has[c])
			open_ledger(b, c);
	free(has);
}

void book_look(const struct book *b, size_t packet, struct book_entry *out)
{
	const struct trace *t = b->trace;
	long c = t->streams[t->packets.stream[packet]].connection;
	const struct ledger *l = c < 0 ? NULL : &b->ledgers[c];

	*out = (struct book_entry){ .ledger = l,
				    .direction = ledger_direction(t, packet) };
	if (!l)
		return;
	if (b->piece[packet]) {
		size_t from = b->piece[packet] - 1, to = from;

		while (to < l->n_pieces && l->pieces[to].packet == packet)
			to++;
		out->pieces = l->pieces + from;
		out->n_pieces = to - from;
	}
	if (b->ack[packet])
		out->ack = &l->acks[b->ack[packet] - 1];
}

void book_release(struct book *b)
{
	for (size_t c = 0; b->ledgers && c < b->trace->n_connections; c++)
		ledger_release(&b->ledgers[c]);
	free(b->ledgers);
	free(b->piece);
	free(b->ack);
	memset(b, 0, sizeof(*b));
}
