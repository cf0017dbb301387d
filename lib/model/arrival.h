/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrival.h - pass the arrivals in a ledger to reorder.h, in order of time.
 */
#ifndef MODEL_ARRIVAL_H
#define MODEL_ARRIVAL_H

#include "model/ledger.h"
#include "model/reorder.h"

/*
 * Called after each arrival of new data and at the end; "time" is ns since
 * 1970.
 */
typedef void arrival_fn(void *ctx, const struct reorder *r, int64_t time);

/*
 * The packet with which the receiver of a direction discarded everything and
 * stopped accepting data: the first valid MP_FASTCLOSE of either end (RFC 8684
 * 3.5), or its own RST of the last subflow.  A FIN does not count, as it may
 * close one direction only.  LEDGER_NO_PACKET: none was captured.
 */
uint32_t arrival_end(const struct trace *trace, const struct connection *conn,
		     enum direction d);

/*
 * Report all arrivals of new data of a direction, the acknowledgments, and the
 * end, in order of time.  The caller initialises "r".  "fn" may be NULL.
 */
void arrival_walk(const struct trace *trace, const struct connection *conn,
		  const struct ledger *ledger, enum direction d,
		  struct reorder *r, arrival_fn *fn, void *ctx);

#endif
