/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rangemap.h - a map from ranges of numbers to the value that claimed them
 * first.
 *
 * The basis of byte accounting: half-open ranges [from, to) of signed 64-bit
 * numbers, each with the value that was first claimed for it.  Adjacent ranges
 * with the same value are merged.  Claiming takes O(log n) for mostly
 * increasing numbers; any other order is cheap, too, since ranges are stored
 * in chunks of bounded size.  A range that begins where the previous one ends
 * takes 12 bytes, others 24.
 *
 *	struct rangemap m = { 0 };
 *	rangemap_claim(&m, 10, 20, 7, piece, ctx);
 *	rangemap_release(&m);
 */
#ifndef MODEL_RANGEMAP_H
#define MODEL_RANGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value that cannot be claimed. */
#define RANGEMAP_NOBODY UINT32_MAX

struct range {
	int64_t from, to;
	uint32_t value;
};

struct rangemap_chunk;

/* Private: a position in the map, at or between ranges. */
struct rangemap_place {
	size_t chunk, at;
};

struct rangemap {
	struct rangemap_chunk **chunks; /* in order, none empty */
	size_t n, cap;
};

/*
 * Called for each part of a claim, in order; "owner" is NULL if the part was
 * free, else points to the value it already has.
 */
typedef void rangemap_piece_fn(void *ctx, int64_t from, int64_t to,
			       const uint32_t *owner);

/*
 * Claim [from, to) for "value": free parts get it, others keep theirs.
 * "piece" may be NULL.
 */
void rangemap_claim(struct rangemap *m, int64_t from, int64_t to,
		    uint32_t value, rangemap_piece_fn *piece, void *ctx);

/* Call "piece" for the parts of [from, to) without claiming. */
void rangemap_look(const struct rangemap *m, int64_t from, int64_t to,
		   rangemap_piece_fn *piece, void *ctx);

/*
 * The same, optimised for successive look-ups: O(1) if the previous one with
 * this *near ended at or near "from".  Zero *near before the first call.
 */
void rangemap_look_near(const struct rangemap *m, struct rangemap_place *near,
			int64_t from, int64_t to, rangemap_piece_fn *piece,
			void *ctx);

/* The range that contains x; false: there is none. */
bool rangemap_find(const struct rangemap *m, int64_t x, struct range *out);

/* Call for every range, in order. */
void rangemap_each(const struct rangemap *m,
		   void (*fn)(void *ctx, const struct range *r), void *ctx);

void rangemap_release(struct rangemap *m);

#endif
