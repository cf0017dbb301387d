/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_sink.h - the packets of a capture, row by row, on their way from a reader
 * of packets to whoever wanted them: counted and numbered.
 */
#ifndef READ_ROW_SINK_H
#define READ_ROW_SINK_H

#include "read/clock_watch.h"
#include "read/reader.h"
#include "row/numbering.h"

/* All borrowed, but for the clock. */
struct row_sink {
	const struct read_job *job; /* its function gets the TCP packets */
	struct capture_info *info;
	struct numbering *numbering; /* of streams; NULL: the rows have it */
	struct clock_watch clock;
};

/* Each packet of the capture in turn; -1: the job's function failed. */
int row_sink_take(struct row_sink *sink, struct row *row, enum row_kind kind,
		  struct error *err) __attribute__((warn_unused_result));

/* There are no more; to be called in any case. */
void row_sink_end(struct row_sink *sink);

#endif
