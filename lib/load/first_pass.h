/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * first_pass.h - for session.h: the streams and connections of a capture of any
 * size that is read for the first time.
 *
 * What does not fit is not kept: its rows go into the cache, and then come back
 * from there, some streams that may belong together (clusters.h) at a time.
 * The memory it takes is that of "most" packets, or of the largest such cluster
 * in each of two threads.
 */
#ifndef LOAD_FIRST_PASS_H
#define LOAD_FIRST_PASS_H

#include "cache/capture.h"
#include "model/trace.h"

enum first_pass_result {
	FIRST_PASS_FAILED = -1,
	FIRST_PASS_ALL,	    /* all packets are in the trace */
	FIRST_PASS_OUTLINE, /* no packets are; "rows" are open, to be closed */
	FIRST_PASS_AGAIN    /* the cache did not take what did not fit: nothing
			       is in the trace, and all has to be read again */
};

/* Into a trace that is empty. */
enum first_pass_result first_pass(struct trace *trace, struct capture *capture,
				  uint64_t most, struct cache_rows *rows,
				  struct error *err)
	__attribute__((warn_unused_result));

#endif
