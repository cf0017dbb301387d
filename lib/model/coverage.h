/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage.h - how much of a number line was seen, and what is missing.
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
	uint64_t bytes; /* that are there; 0: nothing below has a meaning */
	int64_t first, last; /* all lie in [first, last) */
	struct hole *holes;  /* between them, ascending; owned */
	size_t n_holes, cap_holes;
	uint64_t missing; /* bytes in holes */
};

/* Every position is moved by "shift". */
void coverage_of(const struct rangemap *map, int64_t shift,
		 struct coverage *out);
void coverage_release(struct coverage *c);

#endif
