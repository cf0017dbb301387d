/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unwrap.h - extend 32-bit sequence numbers to 64-bit positions.
 */
#ifndef MODEL_UNWRAP_H
#define MODEL_UNWRAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Positions are relative to "base" (the ISN if it is known, else the first
 * number seen).  Each number becomes the position nearest to the previous one.
 * If zeroed, the first number becomes the base.
 */
struct unwrap {
	bool started;
	uint32_t base;
	int64_t last;
};

static inline void unwrap_start(struct unwrap *u, uint32_t base)
{
	u->started = 1;
	u->base = base;
	u->last = 0;
}

static inline int64_t unwrap_next(struct unwrap *u, uint32_t seq)
{
	if (!u->started)
		unwrap_start(u, seq);
	u->last += (int32_t)(seq - (u->base + (uint32_t)u->last));
	return u->last;
}

/* The 64-bit number nearest to "near" whose low 32 bits are "low". */
static inline uint64_t unwrap_nearest(uint64_t near, uint32_t low)
{
	return near + (uint64_t)(int64_t)(int32_t)(low - (uint32_t)near);
}

#endif
