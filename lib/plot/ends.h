/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ends.h - plot one connection from the captures of both ends.
 */
#ifndef PLOT_ENDS_H
#define PLOT_ENDS_H

#include <stdbool.h>

#include "plot/plot.h"

/*
 * "here" refers to the first capture.  Change it to the capture that the kind
 * draws, and set up "there" for the other one; here->other tells whether that
 * is needed, too.  Neither gets a ledger.  Returns -1 and EXIT_INPUT if the
 * connection is not in both.
 */
int ends_open(const struct plot_kind *kind, struct plot *here,
	      struct plot *there, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The fate of each packet of p's capture: enum match_fate by packet.  The
 * caller frees it.  NULL without a second capture.
 */
uint8_t *ends_fates(const struct plot *p);

/*
 * The position in p->conn of each subflow of p->other; the number of subflows
 * for those that are missing.  The caller frees it.
 */
size_t *ends_positions(const struct plot *p) __attribute__((returns_nonnull));

/* Whether times of the two captures are comparable. */
bool ends_have_clock(const struct pairing *pairing);

/*
 * Where a time of the first capture is on the time axis of a plot that is not
 * made yet, in seconds; of two captures, of one that shows both ends.
 */
double ends_axis_time(const struct plot *given, int64_t ns);

/* Convert a time of the capture of "p" to the clock of the plot, ns. */
int64_t ends_time(const struct plot *p, int64_t ns);

#endif
