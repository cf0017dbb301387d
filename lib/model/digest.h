/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.h - describe any number of samples in limited memory.
 *
 *	struct digest d = DIGEST_INIT;
 *	digest_add(&d, 50000);
 *	digest_describe(&d, &distribution);
 *	digest_release(&d);
 *
 * Up to DIGEST_EXACT samples are kept, and percentiles are those of
 * distribution.h.  Beyond that, samples are counted in 128 classes between
 * each power of two and the next one; percentiles are then accurate to 0.4 %
 * of their value.  n, min and max are always exact.  (Logarithmic classes:
 * Masson, Rim and Lee, "DDSketch", VLDB 2019.)
 *
 * Negative samples count as 0.  A digest owns its memory, at most 60 kB.
 */
#ifndef MODEL_DIGEST_H
#define MODEL_DIGEST_H

#include "model/distribution.h"

enum {
	DIGEST_EXACT = 4096
};

struct digest {
	uint64_t n;
	int64_t min, max;
	struct samples few; /* all samples, up to DIGEST_EXACT */
	uint64_t *counts;   /* by class, when there are more; or NULL */
	size_t cap;
};

#define DIGEST_INIT                                                            \
	{                                                                      \
		.n = 0                                                         \
	}

void digest_add(struct digest *d, int64_t value);
void digest_describe(struct digest *d, struct distribution *out);
void digest_release(struct digest *d);

#endif
