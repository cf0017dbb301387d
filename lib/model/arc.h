/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arc.h - ranges of data sequence numbers on a circle of 2^64 numbers.
 *
 * Connections begin at random places of the circle, so data less than 2^31
 * apart belongs to one connection.
 */
#ifndef MODEL_ARC_H
#define MODEL_ARC_H

#include <stddef.h>
#include <stdint.h>

struct arc {
	uint64_t from, to; /* [from, to), may wrap around; equal: empty */
	size_t owner;	   /* the caller's */
	int direction;	   /* the caller's */
};

/* Extend the arc to include [from, to). */
void arc_widen(struct arc *arc, uint64_t from, uint64_t to);

/* The number of sequence numbers it contains. */
uint64_t arc_width(const struct arc *arc);

struct arcs {
	struct arc *items; /* owned; initialise with NULL */
	size_t n, cap;
};

/* Append an arc, unless it is empty. */
void arcs_add(struct arcs *arcs, const struct arc *arc);

/*
 * Sort them and call "fn" for pairs that overlap or are less than 2^31 apart.
 * Not every such pair is reported, but enough to connect all arcs that are
 * connected through others.
 */
typedef void arc_fn(void *ctx, const struct arc *a, const struct arc *b);
void arcs_link(struct arcs *arcs, arc_fn *fn, void *ctx);

void arcs_release(struct arcs *arcs);

#endif
