/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grouping.h - which subflows belong together when handshakes are missing.
 *
 * Evidence, each of it conclusive: the same token in join SYNs; the same
 * addresses, ports and initial sequence number; raw 64-bit data sequence
 * numbers and acknowledgments, or the initial one of known keys, less than 2^31
 * apart in the same direction.  Where only 32-bit numbers were captured nothing
 * is concluded.
 */
#ifndef MODEL_GROUPING_H
#define MODEL_GROUPING_H

#include <stdbool.h>

#include "model/trace.h"

struct grouping_result {
	size_t root;	       /* stream that stands for the group; one with a
				  connection where there is one */
	bool flipped;	       /* its TCP direction is the root's reverse */
	bool by_data_sequence; /* rests on data sequence numbers */
};

/* One result per stream, to be freed with free(3). */
struct grouping_result *grouping_find(const struct trace *trace);

#endif
