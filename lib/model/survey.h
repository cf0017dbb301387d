/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey.h - the streams and connections of a capture of any size.
 *
 * What does not fit is not kept: while a large capture is read for the first
 * time its rows go into the cache, and then come back from there in portions of
 * streams that may belong together (kin.h).  The memory it takes is that of the
 * largest such group, at least of "keep_packets" (struct input).
 */
#ifndef MODEL_SURVEY_H
#define MODEL_SURVEY_H

#include "input/cache.h"
#include "model/trace.h"

enum {
	SURVEY_PACKETS = 1 << 20 /* are kept, about 100 MB, unless told else */
};

/*
 * As trace_load(): 0.  Where that would be too many packets, and the cache has
 * them: 1, as trace_load_listing(), and "rows" is open, to be closed.  -1.
 */
int survey_load(struct trace *trace, struct input *input, const char *path,
		struct cache_rows *rows, struct error *err)
	__attribute__((warn_unused_result));

#endif
