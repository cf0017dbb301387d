/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_rows.h - the difference of the clocks of two captures, as a row and in
 * sentences.  Rows are those of owd_rows.h, of which only the pairing is used.
 */
#ifndef OUTPUT_CLOCK_ROWS_H
#define OUTPUT_CLOCK_ROWS_H

#include "output/column.h"

struct owd_row;

extern const struct row_type owd_clock; /* one row */

/* Print it in sentences on standard output. */
void owd_print_clock(const struct owd_row *row);

#endif
