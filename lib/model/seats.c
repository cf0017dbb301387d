/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/seats.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

/* One end of a stream. */
struct place {
	const struct address *address;
	int interface;
	uint32_t stream;
	uint8_t end; /* TO_SERVER: the client */
};

/*
 * Whether a TTL is an initial value: hosts start with 64, 128 or 255, and each
 * router decrements it.
 */
static bool is_fresh_ttl(uint8_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

bool seat_is_travelled(const struct seat *s)
{
	return s->travelled && !s->fresh;
}

bool seat_is_fresh(const struct seat *s)
{
	return s->fresh && !s->travelled;
}

void seat_add(struct seat *to, const struct seat *from)
{
	if (from->has_answer && (!to->has_answer || from->answer < to->answer))
		to->answer = from->answer;
	to->has_answer |= from->has_answer;
	if (from->ttl && (!to->ttl || (from->fresh && !to->fresh)))
		to->ttl = from->ttl;
	to->fresh += from->fresh;
	to->travelled += from->travelled;
	if (from->largest > to->largest) {
		to->largest = from->largest;
		to->largest_of = from->largest_of;
	}
}

/* Add what a stream shows about one of its ends. */
static void take_stream(struct seat *seat, const struct stream *s, int end)
{
	const struct stream_side *own = &s->side[end], *peer = &s->side[!end];
	const bool fresh = is_fresh_ttl(own->ttl);
	const bool super = peer->mss && own->largest > peer->mss;
	const struct seat seen = {
		.has_answer = peer->has_answer,
		.answer = peer->answer,
		.ttl = own->ttl,
		.fresh = own->ttl && fresh,
		.travelled = own->ttl && !fresh,
		.largest = super ? own->largest : 0,
		.largest_of = super ? peer->mss : 0,
	};

	seat_add(seat, &seen);
}

static int by_seat(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return COMPARE(a->interface, b->interface) ?:
	       address_order(a->address, b->address) ?:
	       COMPARE(a->stream, b->stream) ?:
	       COMPARE(a->end, b->end);
}

static bool is_same_seat(const struct place *a, const struct place *b)
{
	return a->interface == b->interface &&
	       address_is_equal(a->address, b->address);
}

static struct place *list_places(const struct trace *t)
{
	struct place *places = mem_calloc(2 * t->n_streams, sizeof(*places));

	for (size_t i = 0; i < t->n_streams; i++)
		for (int end = 0; end < 2; end++) {
			const struct stream *s = &t->streams[i];

			places[2 * i + (size_t)end] = (struct place){
				end == TO_SERVER ? &s->client.address
						 : &s->server.address,
				s->interface, (uint32_t)i, (uint8_t)end
			};
		}
	SORT(places, 2 * t->n_streams, by_seat);
	return places;
}

struct seats *seats_make(const struct trace *t)
{
	struct seats *seats = mem_calloc(1, sizeof(*seats));
	struct place *places = list_places(t);
	size_t cap = 0;

	seats->of = mem_calloc(t->n_streams, sizeof(*seats->of));
	for (size_t i = 0; i < 2 * t->n_streams; i++) {
		const struct place *p = &places[i];

		if (!i || !is_same_seat(&places[i - 1], p))
			*MEM_PUSH(seats->items, seats->n, cap) =
				(struct seat){ .interface = p->interface,
					       .address = *p->address };
		take_stream(&seats->items[seats->n - 1], &t->streams[p->stream],
			    p->end);
		seats->of[p->stream][p->end] = (uint32_t)seats->n - 1;
	}
	free(places);
	return seats;
}

void seats_free(struct seats *seats)
{
	if (!seats)
		return;
	free(seats->items);
	free(seats->of);
	free(seats);
}
