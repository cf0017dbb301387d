/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grouping.h - find subflows that belong to the same connection when
 * handshakes are missing.
 *
 * Each kind of evidence is conclusive: the same token in join SYNs; the same
 * addresses, ports and initial sequence number; raw 64-bit data sequence
 * numbers and acknowledgments, or the initial one derived from known keys,
 * less than 2^31 apart in the same direction.  32-bit numbers alone are no
 * evidence.
 */
#ifndef MODEL_GROUPING_H
#define MODEL_GROUPING_H

#include <stdbool.h>

#include "model/trace.h"

struct grouping_result {
	size_t root;  /* stream that represents the group; one with a
			 connection if there is one */
	bool flipped; /* its TCP direction is the opposite of the root's */
	bool by_data_sequence; /* based on data sequence numbers */
};

/* One result for each stream; the caller frees the array with free(3). */
struct grouping_result *grouping_find(const struct trace *trace);

#endif
