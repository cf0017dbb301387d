/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ends.h - one connection in the captures of both of its ends.
 */
#ifndef PLOT_ENDS_H
#define PLOT_ENDS_H

#include <stdbool.h>

#include "plot/plot.h"

/*
 * Make "here", which is of the first capture, that of the capture which the
 * kind draws, and "there" that of the other one; here->other tells whether
 * that is wanted, too.  Both stay without a ledger.  -1 and EXIT_INPUT when
 * the connection is not in both.
 */
int ends_open(const struct plot_kind *kind, struct plot *here,
	      struct plot *there, struct error *err)
	__attribute__((warn_unused_result));

/*
 * What became of each packet of p's capture, enum match_fate by packet, to be
 * freed; NULL without a second capture.
 */
uint8_t *ends_fates(const struct plot *p);

/*
 * The position of each subflow of p->other in p->conn, to be freed; that
 * behind the last one for those that are not there.
 */
size_t *ends_positions(const struct plot *p) __attribute__((returns_nonnull));

/* Are times of the two captures comparable? */
bool ends_have_clock(const struct pairing *pairing);

/* A stamp of the capture of "p" on the clock of the picture, ns. */
int64_t ends_time(const struct plot *p, int64_t ns);

#endif
