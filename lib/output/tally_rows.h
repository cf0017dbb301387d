/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally_rows.h - the rows of mptcp-check --tally: verdicts that are alike,
 * broken rules that are alike, and how many connections there are.
 */
#ifndef OUTPUT_TALLY_ROWS_H
#define OUTPUT_TALLY_ROWS_H

#include "check/tally.h"
#include "output/report.h"
#include "output/sink.h"

struct tally_row {
	const struct tallies *tally;
	const struct tally_item *item; /* NULL in check_tally_of */
};

extern const struct row_type check_tally;	/* of verdicts */
extern const struct row_type check_tally_rules; /* of rules */
extern const struct row_type check_tally_of;	/* one row: of how many */

/* For people: a sentence for each, with the example. */
extern const struct sink sink_tally;

/* Sorts it. */
void tally_rows_report(struct report *report, struct tallies *tally);

#endif
