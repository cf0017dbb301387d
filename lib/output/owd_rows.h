/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd_rows.h - the rows of mptcp-owd: what was matched, the streams, the
 * packets; that of the clock is in clock_rows.h.
 */
#ifndef OUTPUT_OWD_ROWS_H
#define OUTPUT_OWD_ROWS_H

#include "output/getters.h"
#include "pair/owd.h"

struct owd_row {
	struct listing_row listing; /* first: getters.h; of the first capture */
	const struct pairing *pairing;
	const struct owd *owd;		    /* NULL: the clock, or a packet */
	const struct paired_stream *stream; /* of a packet */
	const struct crossing *crossing;    /* NULL: no packet */
};

extern const struct row_type owd_matching; /* one row */
extern const struct row_type owd_stream;   /* a direction of a stream */
extern const struct row_type owd_packet;

#endif
