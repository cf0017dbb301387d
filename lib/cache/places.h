/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.h - a compact encoding of the places of packets in their capture.
 *
 * For each packet the increments of frame number and offset from the previous
 * packet (from 0 for the first one): two numbers in groups of seven bits,
 * lowest first, with the high bit set in all bytes but the last (LEB128).
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
	uint64_t at;	/* offset of its record, 1 to INT64_MAX */
};

/*
 * Append a place, which must have a higher number and offset than *last, and
 * copy it to *last.
 */
void places_put(struct strbuf *out, struct packet_place *last,
		const struct packet_place *place);

/*
 * Decode the place at "p"; *place is the previous one before and this one
 * after.  Returns the position behind it, or NULL if it is invalid or
 * truncated by "end".
 */
const uint8_t *places_next(const uint8_t *p, const uint8_t *end,
			   struct packet_place *place);

#endif
