/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map_rows.h - the rows of mptcp-map: which connection and stream of a capture
 * is which of another.
 *
 * Three levels: connections of the first capture, their candidates in the
 * second, the subflows of both; with -t TCP streams and their candidates.  A
 * row of a level also fills what is above it.
 */
#ifndef OUTPUT_MAP_ROWS_H
#define OUTPUT_MAP_ROWS_H

#include "output/getters.h"
#include "output/sink.h"
#include "pair/mapping.h"

struct map_row {
	struct listing_row listing; /* first: getters.h; of the first capture;
				       its stream is NULL where only the second
				       has the subflow */
	const struct trace *other;
	const struct candidate *candidate; /* NULL in level 0 */
	const struct stream *mapped;	   /* in the second capture; NULL where
					      only the first has the subflow */
	const struct candidate *subflow;   /* how those two go together */
};

extern const struct row_type map_connection;	   /* level 0 */
extern const struct row_type map_candidate;	   /* level 1 */
extern const struct row_type map_subflow;	   /* level 2 */
extern const struct row_type map_stream;	   /* -t: level 0 */
extern const struct row_type map_stream_candidate; /* -t: level 1 */

/* For people: a line per candidate and subflow. */
extern const struct sink sink_map;

#endif
