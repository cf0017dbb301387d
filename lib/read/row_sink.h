/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_sink.h - the packets of a capture, row by row, on their way from a reader
 * of packets to whoever wanted them: counted and numbered.
 */
#ifndef READ_ROW_SINK_H
#define READ_ROW_SINK_H

#include "read/reader.h"
#include "row/numbering.h"

/* All borrowed. */
struct row_sink {
	const struct read_job *job; /* its function gets the TCP packets */
	struct capture_info *info;
	struct numbering *numbering; /* of streams; NULL: the rows have it */
};

/* Each packet of the capture in turn; -1: the job's function failed. */
int row_sink_take(const struct row_sink *sink, struct row *row,
		  enum row_kind kind, struct error *err)
	__attribute__((warn_unused_result));

/* There are no more: warn of what was counted. */
void row_sink_end(const struct row_sink *sink);

#endif
