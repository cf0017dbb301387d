/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally_rows.h - the rows of mptcp-check --tally: kinds of verdicts, kinds of
 * violations, and the number of connections.
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

extern const struct row_type check_tally;	/* verdicts */
extern const struct row_type check_tally_rules; /* rules */
/* one row: number of connections */
extern const struct row_type check_tally_of;

/* Text output: a sentence for each, with the example. */
extern const struct sink sink_tally;

/* Sort and pass all rows to the report. */
void tally_rows_report(struct report *report, struct tallies *tally);

#endif
