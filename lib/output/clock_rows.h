/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_rows.h - how the clocks of two captures differ: a row, and sentences.
 *
 * Its rows are those of owd_rows.h, of which only the pairing is looked at.
 */
#ifndef OUTPUT_CLOCK_ROWS_H
#define OUTPUT_CLOCK_ROWS_H

#include "output/column.h"

struct owd_row;

extern const struct row_type owd_clock; /* one row */

/* In sentences, on stdout. */
void owd_print_clock(const struct owd_row *row);

#endif
