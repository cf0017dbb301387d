/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_rows.h - the rows of mptcp-summary.
 *
 * Three levels: connections, their directions, the subflows of each direction.
 * A row of a level also has the values of the levels above it, so one C type
 * serves for all; also for TCP streams (-t) and their directions.
 */
#ifndef OUTPUT_SUMMARY_ROWS_H
#define OUTPUT_SUMMARY_ROWS_H

#include "model/summary.h"
#include "output/getters.h"
#include "output/report.h"
#include "pair/owd.h"

struct summary_row {
	struct listing_row listing; /* first: getters.h */
	const struct summary *summary;
	const struct direction_summary *direction; /* NULL at level 0 */
	const struct subflow_summary *subflow;	   /* NULL above level 2 */
	const struct pairing *pairing; /* captures of both ends, or NULL */
	const struct crossing_summary *crossing; /* likewise; at level 2 */
	const struct tcp_summary *tcp;		 /* for rows of -t */
	enum direction tcp_direction; /* for directions of a TCP stream */
};

/*
 * Call "fn" with a row for each subflow in the direction of "row".  "arrivals"
 * are those of both captures if there is a pairing.
 */
typedef void summary_flow_fn(void *ctx, const struct summary_row *row);
void summary_rows_flows(const struct summary_row *row,
			const struct arrivals *arrivals, summary_flow_fn *fn,
			void *ctx);

/*
 * Report all rows of the connection in "row" (listing, summary and pairing are
 * set), for the directions that are "wanted".
 */
void summary_rows_report(struct report *report, const struct summary_row *row,
			 const struct arrivals *arrivals, const bool wanted[2]);

extern const struct row_type summary_connection;    /* level 0 */
extern const struct row_type summary_direction;	    /* level 1 */
extern const struct row_type summary_subflow;	    /* level 2 */
extern const struct row_type summary_tcp_stream;    /* -t: level 0 */
extern const struct row_type summary_tcp_direction; /* -t: level 1 */

#endif
