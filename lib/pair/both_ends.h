/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * both_ends.h - complete the summary of a connection with the capture of the
 * other end.
 *
 *	summary_make(&trace, conn, &summary);
 *	both_ends_tell(&pairing, NULL, &summary);
 *	... summary_at_sender(&summary, TO_CLIENT) ...
 *	summary_release(&summary);
 *
 * Counts of bytes and packets remain those of the first capture.  Values that
 * only the sender, or only the receiver, of a direction can know become
 * available when either capture was taken there, in whatever order the
 * captures are given.
 */
#ifndef PAIR_BOTH_ENDS_H
#define PAIR_BOTH_ENDS_H

#include "model/summary.h"
#include "pair/pairing.h"

/*
 * Give a summary of the first capture that of the second one (summary.other),
 * with times converted to the clock of the first.  If one capture was taken at
 * the sender and one at the receiver, limits are computed from arrivals
 * (arrived.h).  "capacity" is used as trace.capacity of the second; NULL:
 * none.
 */
void both_ends_tell(const struct pairing *p, const uint64_t *capacity,
		    struct summary *summary);

#endif
