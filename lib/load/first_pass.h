/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * first_pass.h - for session.h: determine the streams and connections of a
 * capture that is read for the first time, in limited memory.
 *
 * When the capture has more than "most" packets, rows go into the cache while
 * they are read.  They are then read back from there, one portion of clusters
 * (clusters.h) at a time, and modelled.  Memory use is that of "most" packets,
 * or of the largest cluster in each of two threads.
 */
#ifndef LOAD_FIRST_PASS_H
#define LOAD_FIRST_PASS_H

#include "cache/capture.h"
#include "model/trace.h"

enum first_pass_result {
	FIRST_PASS_FAILED = -1,
	FIRST_PASS_ALL,	    /* all packets are in the trace */
	FIRST_PASS_OUTLINE, /* none are in the trace; the caller closes "rows"
			     */
	FIRST_PASS_AGAIN    /* the cache could not take the rows: nothing is in
			       the trace; read the capture into memory */
};

/* Read "capture" into "trace", which must be empty. */
enum first_pass_result first_pass(struct trace *trace, struct capture *capture,
				  uint64_t most, struct cache_rows *rows,
				  struct error *err)
	__attribute__((warn_unused_result));

#endif
