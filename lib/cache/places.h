/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.h - where packets are in their capture, in few bytes each.
 *
 * Of each packet it is said by how much its number and its offset are higher
 * than those of the one before, of the first one than 0: two numbers of seven
 * bits in each byte, the low ones first, with the high bit set in all bytes but
 * the last.
 *
 *	struct packet_place last = { .frame = 0 };
 *	places_put(&out, &last, &place);
 *
 *	struct packet_place place = { .frame = 0 };
 *	while (p < end && (p = places_next(p, end, &place)))
 *		... place ...
 */
#ifndef CACHE_PLACES_H
#define CACHE_PLACES_H

#include <stdint.h>

#include "base/strbuf.h"

struct packet_place {
	uint32_t frame; /* number in the capture, from 1 */
	uint64_t at;	/* offset of its record, from 1 to INT64_MAX */
};

/* Append a place with a higher number and offset than "last", which it becomes.
 */
void places_put(struct strbuf *out, struct packet_place *last,
		const struct packet_place *place);

/*
 * From the place before to the one that stands at "p"; what is behind it, or
 * NULL: no place is there, by what it says or because "end" comes first.
 */
const uint8_t *places_next(const uint8_t *p, const uint8_t *end,
			   struct packet_place *place);

#endif
