/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.h - what describes any number of samples, in little memory.
 *
 *	struct digest d = DIGEST_INIT;
 *	digest_add(&d, 50000);
 *	digest_describe(&d, &distribution);
 *	digest_release(&d);
 *
 * Up to DIGEST_EXACT samples are kept, and percentiles are those of
 * distribution.h.  Of more only counts are kept, by size: 128 classes between a
 * power of two and the next one.  Percentiles are then right to within 0.4 % of
 * their value; n, min and max always are exact.  (Classes that grow with the
 * value: Masson, Rim and Lee, "DDSketch", VLDB 2019.)
 *
 * Samples are at least 0; a lower one counts as 0.  A digest takes no more than
 * 60 kB, and owns them.
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
