/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/places.h"

#include <stddef.h>

enum {
	NUMBER_MAX = 9,	 /* bytes; no number has more than 63 bits */
	NUMBER_ROOM = 10 /* bytes, sufficient for 64 bits */
};

static char *put_number(char *to, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		*to++ = (char)(0x80 | (v & 0x7f));
	*to++ = (char)v;
	return to;
}

void places_put(struct strbuf *out, struct packet_place *last,
		const struct packet_place *place)
{
	char *to = strbuf_room(out, (size_t)2 * NUMBER_ROOM);

	to = put_number(to, place->frame - last->frame);
	to = put_number(to, place->at - last->at);
	strbuf_end(out, to);
	*last = *place;
}

static const uint8_t *next_number(const uint8_t *p, const uint8_t *end,
				  uint64_t *out)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < NUMBER_MAX && p + i < end; i++) {
		v |= (uint64_t)(p[i] & 0x7f) << 7 * i;
		if (!(p[i] & 0x80)) {
			*out = v;
			return p + i + 1;
		}
	}
	return NULL;
}

const uint8_t *places_next(const uint8_t *p, const uint8_t *end,
			   struct packet_place *place)
{
	uint64_t frames = 0, bytes = 0;

	p = next_number(p, end, &frames);
	if (p)
		p = next_number(p, end, &bytes);
	if (!p || frames == 0 || frames > UINT32_MAX - place->frame ||
	    bytes == 0 || bytes > (uint64_t)INT64_MAX - place->at)
		return NULL;
	place->frame += (uint32_t)frames;
	place->at += bytes;
	return p;
}
