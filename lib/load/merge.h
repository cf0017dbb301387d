/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge.h - combine streams and connections that were modelled in independent
 * parts into one trace.
 *
 *	trace_build(&part);
 *	account_all(&part);
 *	merge_adopt(&trace, &part);	// and the next one
 *	merge_finish(&trace);
 *
 * The result is the same as if all packets had been modelled at once, provided
 * that no stream of one part is related to a stream of another (clusters.h).
 */
#ifndef LOAD_MERGE_H
#define LOAD_MERGE_H

#include "model/trace.h"

/*
 * Move the streams and connections of "part" to "trace".  The packets of
 * "part" are dropped; "part" can be used again.
 */
void merge_adopt(struct trace *trace, struct trace *part);

/*
 * Bring streams and connections into the order of a trace that is modelled at
 * once.  Call after the last part.
 */
void merge_finish(struct trace *trace);

#endif
