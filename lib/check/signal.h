/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signal.h - a list of all MPTCP options of a connection other than DSS, in
 * order of time.
 *
 * These are few, and most rules look at nothing else.  A retransmitted option
 * appears each time.
 *
 *	struct signals list;
 *	signals_collect(&list, trace, conn, ledger);
 *	for (size_t i = 0; i < list.n; i++)
 *		if (list.items[i].option.subtype == MP_PRIO) ...
 *	signals_release(&list);
 */
#ifndef CHECK_SIGNAL_H
#define CHECK_SIGNAL_H

#include <stdbool.h>

#include "model/effect.h"
#include "model/ledger.h"
#include "model/tcpopt.h"
#include "model/trace.h"

struct signal {
	uint32_t packet;
	uint32_t subflow; /* position in connection.subflows */
	int from;	  /* 0 the client, 1 the server, by MPTCP role */
	bool opener;	  /* the sender is the TCP client of the subflow */
	unsigned flags;	  /* TCP flags */
	enum flaw flaw;	  /* why it has no effect (effect.h), or FLAW_NONE */
	struct mptcp_option option;
};

struct signals {
	struct signal *items;
	size_t n, cap;
};

void signals_collect(struct signals *list, const struct trace *trace,
		     const struct connection *conn,
		     const struct ledger *ledger);
void signals_release(struct signals *list);

#endif
