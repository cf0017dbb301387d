/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * total_rows.h - the rows of mptcp-summary --totals: distributions of values
 * over connections.
 */
#ifndef OUTPUT_TOTAL_ROWS_H
#define OUTPUT_TOTAL_ROWS_H

#include "model/totals.h"
#include "output/report.h"

struct total_row {
	enum total_quantity quantity;
	enum direction towards; /* if the quantity has a direction */
	struct distribution of;
	const struct totals *totals; /* borrowed */
};

extern const struct row_type summary_totals;

/* Report all rows, or those of the wanted directions. */
void total_rows_report(struct report *report, struct totals *totals,
		       const bool wanted[2]);

#endif
