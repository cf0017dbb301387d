/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage.h - which part of a range of sequence numbers was seen, and which
 * holes it has.
 *
 *	struct coverage c;
 *	coverage_of(&rangemap, shift, &c);
 *	coverage_release(&c);
 */
#ifndef MODEL_COVERAGE_H
#define MODEL_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "model/rangemap.h"

struct hole {
	int64_t from, to; /* [from, to) */
};

struct coverage {
	uint64_t bytes;	     /* seen; 0: the rest has no meaning */
	int64_t first, last; /* all lie in [first, last) */
	struct hole *holes;  /* between them, ascending; owned */
	size_t n_holes, cap_holes;
	uint64_t missing; /* bytes in holes */
};

/* Positions in the result are those of the map plus "shift". */
void coverage_of(const struct rangemap *map, int64_t shift,
		 struct coverage *out);
void coverage_release(struct coverage *c);

#endif
