/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signal.h - the MPTCP options of a connection other than DSS, one by one.
 *
 * Those are few, and most rules look at nothing else.  In order of time; an
 * option that the wire repeats is there each time.
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
	bool opener;	  /* sent by the TCP client of the subflow */
	unsigned flags;	  /* TCP's */
	enum flaw flaw;	  /* why it has no effect, or FLAW_NONE: effect.h */
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
