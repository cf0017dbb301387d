/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arc.h - ranges of data sequence numbers, on the circle of 64 bits.
 *
 * Two connections begin at random places of the circle: whose data lies less
 * than 2^31 apart is one connection's.
 */
#ifndef MODEL_ARC_H
#define MODEL_ARC_H

#include <stddef.h>
#include <stdint.h>

struct arc {
	uint64_t from, to; /* [from, to), round the circle; equal: nothing */
	size_t owner;	   /* the caller's */
	int direction;	   /* the caller's */
};

/* Make it hold [from, to), too. */
void arc_widen(struct arc *arc, uint64_t from, uint64_t to);

/* How many numbers it holds. */
uint64_t arc_width(const struct arc *arc);

struct arcs {
	struct arc *items; /* owned; { NULL } to begin with */
	size_t n, cap;
};

/* Append; nothing, where it holds nothing. */
void arcs_add(struct arcs *arcs, const struct arc *arc);

/*
 * Sort them, and call "fn" for pairs that overlap or are less than 2^31 apart:
 * not for all, but so that what is near by way of others is linked by pairs.
 */
typedef void arc_fn(void *ctx, const struct arc *a, const struct arc *b);
void arcs_link(struct arcs *arcs, arc_fn *fn, void *ctx);

void arcs_release(struct arcs *arcs);

#endif
