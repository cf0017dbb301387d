/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge.h - a trace out of parts that have nothing to do with each other.
 *
 *	trace_build(&part);
 *	account_all(&part);
 *	merge_adopt(&trace, &part);	// and the next one
 *	merge_finish(&trace);
 */
#ifndef LOAD_MERGE_H
#define LOAD_MERGE_H

#include "model/trace.h"

/*
 * Move streams and connections of "part" into "trace".  The packets of "part"
 * are forgotten; it can be used for others then.
 */
void merge_adopt(struct trace *trace, struct trace *part);

/* Put them in the order that they have when all is modelled at once. */
void merge_finish(struct trace *trace);

#endif
