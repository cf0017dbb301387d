/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reinject_rows.h - the rows of mptcp-reinject: data that was sent again, and
 * totals for each direction of a connection.
 */
#ifndef OUTPUT_REINJECT_ROWS_H
#define OUTPUT_REINJECT_ROWS_H

#include "model/vantage.h"
#include "output/getters.h"
#include "pair/usefulness.h"

struct reinject_row {
	struct listing_row listing; /* first: getters.h; the stream is that of
				       the repetition */
	enum direction direction;
	const struct repetitions *list;
	const struct repetition *item;		    /* NULL in totals */
	const struct repetition_totals *totals;	    /* NULL in the list */
	const struct usefulness_totals *usefulness; /* likewise */
	enum vantage vantage;			    /* of the capture */
	const struct arrivals *arrivals; /* at the other end; NULL: unknown */
};

extern const struct row_type reinject_item;  /* "reinjections" */
extern const struct row_type reinject_total; /* "totals" */

#endif
