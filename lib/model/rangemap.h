/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rangemap.h - which range of a number line was claimed first, and by whom.
 *
 * The structure under all byte accounting: half-open ranges [from, to) of
 * signed 64-bit numbers, each with the value of whoever claimed it first.
 * Neighbours with the same value are one range.  Claiming is O(log n) for
 * numbers that mostly grow; any order stays cheap, because the ranges lie in
 * chunks of bounded size.  A range that begins where the one before it ends
 * costs 12 bytes, another one 24.
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

/* No value that anybody may claim with. */
#define RANGEMAP_NOBODY UINT32_MAX

struct range {
	int64_t from, to;
	uint32_t value;
};

struct rangemap_chunk;

/* Private: a range, or what is free between two of them. */
struct rangemap_place {
	size_t chunk, at;
};

struct rangemap {
	struct rangemap_chunk **chunks; /* in order, none empty */
	size_t n, cap;
};

/*
 * Told of each piece of a claim, in order: "owner" is NULL where the piece was
 * free, else points at the value of the one who has it already.
 */
typedef void rangemap_piece_fn(void *ctx, int64_t from, int64_t to,
			       const uint32_t *owner);

/*
 * Claim [from, to) for "value": what is free becomes its own, what is taken
 * stays.  "piece" may be NULL.
 */
void rangemap_claim(struct rangemap *m, int64_t from, int64_t to,
		    uint32_t value, rangemap_piece_fn *piece, void *ctx);

/* The same look without claiming anything; "piece" is not NULL. */
void rangemap_look(const struct rangemap *m, int64_t from, int64_t to,
		   rangemap_piece_fn *piece, void *ctx);

/*
 * For those who look at one place after the other: O(1) where the last look at
 * this map with *near, zeroed before the first, ended at "from" or near it.
 */
void rangemap_look_near(const struct rangemap *m, struct rangemap_place *near,
			int64_t from, int64_t to, rangemap_piece_fn *piece,
			void *ctx);

/* The range that covers x; 0 when there is none. */
bool rangemap_find(const struct rangemap *m, int64_t x, struct range *out);

/* Call for every range, in order. */
void rangemap_each(const struct rangemap *m,
		   void (*fn)(void *ctx, const struct range *r), void *ctx);

void rangemap_release(struct rangemap *m);

#endif
