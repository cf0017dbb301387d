/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map_rows.h - the rows of mptcp-map: which connections and streams of two
 * captures are the same.
 *
 * Three levels: connections of the first capture, their candidates in the
 * second one, the subflows of both.  With -t: TCP streams and their
 * candidates.  A row of a level also has the values of the levels above it.
 */
#ifndef OUTPUT_MAP_ROWS_H
#define OUTPUT_MAP_ROWS_H

#include "output/getters.h"
#include "output/sink.h"
#include "pair/mapping.h"

struct map_row {
	struct listing_row listing; /* first: getters.h; of the first capture;
				       the stream is NULL if only the second
				       one has the subflow */
	const struct trace *other;
	const struct candidate *candidate; /* NULL at level 0 */
	const struct stream *mapped;	   /* in the second capture; NULL if
					      only the first one has it */
	const struct candidate *subflow;   /* how those two were matched */
};

extern const struct row_type map_connection;	   /* level 0 */
extern const struct row_type map_candidate;	   /* level 1 */
extern const struct row_type map_subflow;	   /* level 2 */
extern const struct row_type map_stream;	   /* -t: level 0 */
extern const struct row_type map_stream_candidate; /* -t: level 1 */

/* Text output: a line for each candidate and subflow. */
extern const struct sink sink_map;

#endif
