/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_sink.h - takes the packets that a reader finds, counts them, numbers TCP
 * streams, watches the clock, and passes TCP packets on to the reader's
 * client.
 */
#ifndef READ_ROW_SINK_H
#define READ_ROW_SINK_H

#include "read/clock_watch.h"
#include "read/reader.h"
#include "row/numbering.h"

/* All borrowed, except "clock". */
struct row_sink {
	const struct read_job *job; /* its function gets the TCP packets */
	struct capture_info *info;
	/* of streams; NULL: rows are already numbered */
	struct numbering *numbering;
	struct clock_watch clock;
};

/* Take each packet of the capture in turn; -1: the job's function failed. */
int row_sink_take(struct row_sink *sink, struct row *row, enum row_kind kind,
		  struct error *err) __attribute__((warn_unused_result));

/* Call after the last packet, in any case. */
void row_sink_end(struct row_sink *sink);

#endif
