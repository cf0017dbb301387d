/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd_rows.h - the rows of mptcp-owd: the clock, the streams, the packets.
 */
#ifndef OUTPUT_OWD_ROWS_H
#define OUTPUT_OWD_ROWS_H

#include "pair/owd.h"
#include "output/getters.h"
#include "output/sink.h"

struct owd_row {
	struct listing_row listing; /* first: getters.h; of the first capture */
	const struct pairing *pairing;
	const struct owd *owd;		    /* NULL: the clock, or a packet */
	const struct paired_stream *stream; /* of a packet */
	const struct crossing *crossing;    /* NULL: no packet */
};

extern const struct row_type owd_clock;	   /* one row */
extern const struct row_type owd_matching; /* one row */
extern const struct row_type owd_stream;   /* a direction of a stream */
extern const struct row_type owd_packet;

/* The clock in sentences, on stdout. */
void owd_print_clock(const struct owd_row *row);

/* For people: the clock in sentences, then the table of streams. */
extern const struct sink sink_owd;

#endif
