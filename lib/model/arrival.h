/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrival.h - the ledger of a connection, told to reorder.h.
 */
#ifndef MODEL_ARRIVAL_H
#define MODEL_ARRIVAL_H

#include "model/ledger.h"
#include "model/reorder.h"

/* Called behind each arrival of new data, at "time" (ns since 1970). */
typedef void arrival_fn(void *ctx, const struct reorder *r, int64_t time);

/*
 * All arrivals of new data of a direction, and the acknowledgments, in order
 * of time; "r" is initialised by the caller.  "fn" may be NULL.
 */
void arrival_walk(const struct trace *trace, const struct ledger *ledger,
		  enum direction d, struct reorder *r, arrival_fn *fn,
		  void *ctx);

#endif
