/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd_rows.h - the rows of mptcp-owd: the matching, streams and packets.  The
 * row about the clocks is in clock_rows.h.
 */
#ifndef OUTPUT_OWD_ROWS_H
#define OUTPUT_OWD_ROWS_H

#include "output/getters.h"
#include "pair/owd.h"

struct owd_row {
	struct listing_row listing; /* first: getters.h; of the first capture */
	const struct pairing *pairing;
	const struct owd *owd; /* NULL: row about the clocks, or a packet */
	const struct paired_stream *stream; /* for packets */
	const struct crossing *crossing;    /* for packets; else NULL */
};

extern const struct row_type owd_matching; /* one row */
extern const struct row_type owd_stream;   /* a stream in one direction */
extern const struct row_type owd_packet;

#endif
