/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account_run.h - for account.h: the state while the bytes of one connection
 * are classified.
 */
#ifndef MODEL_ACCOUNT_RUN_H
#define MODEL_ACCOUNT_RUN_H

#include "model/ledger.h"
#include "model/sequence.h"
#include "model/trace.h"

/*
 * Range maps record who sent a byte first: the packet if there is a ledger,
 * else the subflow, which needs fewer ranges.
 */
struct account {
	struct trace *trace;
	struct connection *conn;
	struct ledger *ledger; /* may be NULL */
	struct sequence sequence;
	struct rangemap *seen;	  /* [2 * subflow + direction]: subflow bytes */
	struct rangemap *data;	  /* same: data bytes seen on this subflow after
				     another one */
	struct rangemap first[2]; /* data bytes, of the direction */
};

/*
 * Account for packets [0, end) of the trace.  The caller sets trace, conn and
 * ledger, and releases "a".
 */
void account_run(struct account *a, size_t end);
void account_release(struct account *a);

#endif
