/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamps.h - a map from positions to the latest value assigned to a range that
 * contains them.
 *
 *	struct stamps s = { 0 };
 *	stamps_plan(&s, 10, 30);	// all ranges, before the first stamp
 *	stamps_ready(&s);
 *	stamps_put(&s, 10, 30, 7);	// in any order; values only grow
 *	stamps_get(&s, 12, &end);	// 7
 *	stamps_release(&s);
 *
 * Takes O(log n) per range, and 16 bytes.
 */
#ifndef EVENTS_STAMPS_H
#define EVENTS_STAMPS_H

#include <stddef.h>
#include <stdint.h>

struct stamps {
	int64_t *edges; /* ascending; owned */
	size_t n, cap;
	uint32_t *latest; /* a tree: [n + i] for [edges[i], edges[i + 1]), [k]
			     for everything below it; owned */
};

void stamps_plan(struct stamps *s, int64_t from, int64_t to);
void stamps_ready(struct stamps *s);

/* Assign a value to a planned range; values must be positive and increase. */
void stamps_put(struct stamps *s, int64_t from, int64_t to, uint32_t value);

/* The last value assigned at "at", 0: none; it is valid at least up to *end. */
uint32_t stamps_get(const struct stamps *s, int64_t at, int64_t *end);

void stamps_release(struct stamps *s);

#endif
