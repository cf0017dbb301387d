/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrival.h - the ledger of a connection, told to reorder.h.
 */
#ifndef MODEL_ARRIVAL_H
#define MODEL_ARRIVAL_H

#include "model/ledger.h"
#include "model/reorder.h"

/* Called behind each arrival of new data, and the end, at "time" (ns since
   1970). */
typedef void arrival_fn(void *ctx, const struct reorder *r, int64_t time);

/*
 * The packet with which the receiver of a direction threw away what it held,
 * and after which it took nothing more: the first MP_FASTCLOSE of either end
 * that counts (RFC 8684 3.5), or its own RST of the last subflow.  A FIN may be
 * half a close, and ends nothing.  LEDGER_NO_PACKET: none was captured.
 */
uint32_t arrival_end(const struct trace *trace, const struct connection *conn,
		     enum direction d);

/*
 * All arrivals of new data of a direction, the acknowledgments, and the end,
 * in order of time; "r" is initialised by the caller.  "fn" may be NULL.
 */
void arrival_walk(const struct trace *trace, const struct connection *conn,
		  const struct ledger *ledger, enum direction d,
		  struct reorder *r, arrival_fn *fn, void *ctx);

#endif
