/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlap.h - for how long did two subflows carry data at the same time?
 *
 * A subflow carries data from one packet with payload to the next one in the
 * same direction, unless that comes after a pause of more than 400 ms and two
 * round trips, the longer ones of the two.  Two subflows carry data at the same
 * time while both do.
 */
#ifndef CHECK_OVERLAP_H
#define CHECK_OVERLAP_H

#include "check/context.h"

struct overlap {
	int64_t time; /* ns in which both carried data */
	/* what the first and the second one sent while the other one carried
	   data, too */
	uint64_t bytes[2];
};

void overlap_measure(const struct check_context *c, enum direction d,
		     size_t first, size_t second, struct overlap *out);

#endif
