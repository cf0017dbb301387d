/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/ledger.h"

#include <stdlib.h>
#include <string.h>

void ledger_init(struct ledger *l)
{
	memset(l, 0, sizeof(*l));
}

void ledger_release(struct ledger *l)
{
	free(l->pieces);
	free(l->acks);
	free(l->packets);
	rangemap_release(&l->data[TO_SERVER]);
	rangemap_release(&l->data[TO_CLIENT]);
	ledger_init(l);
}

enum direction ledger_direction(const struct trace *t, size_t i)
{
	int reverse = !!(t->packets.mark[i] & PACKET_REVERSE);

	return (enum direction)(reverse ^
				t->streams[t->packets.stream[i]].flipped);
}

int ledger_knows_dsn(const struct ledger *l, int d)
{
	return l->has_base[d] && !l->narrow[d];
}
