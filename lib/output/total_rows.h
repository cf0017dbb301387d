/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * total_rows.h - the rows of mptcp-summary --totals: how a number is
 * distributed over the connections.
 */
#ifndef OUTPUT_TOTAL_ROWS_H
#define OUTPUT_TOTAL_ROWS_H

#include "model/totals.h"
#include "output/report.h"

struct total_row {
	enum total_quantity quantity;
	enum direction towards; /* if it is one of each direction */
	struct distribution of;
	const struct totals *totals; /* borrowed */
};

extern const struct row_type summary_totals;

/* All rows, or those of the directions that are wanted. */
void total_rows_report(struct report *report, struct totals *totals,
		       const bool wanted[2]);

#endif
