/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/rangemap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"

/*
 * The number line is divided into steps.  A step begins at its position, ends
 * where the next one begins, and has a value or is free.  Data mostly arrives
 * without gaps; a step then needs half of the memory of a range with two ends.
 *
 * The first step of a map that is not empty begins at INT64_MIN, so every
 * number lies in a step; neighbours never have equal values.
 */
enum {
	SMALL = 256, /* steps in a chunk of a small map, ... */
	/* ... and of a large one, so that freed ones fill whole pages */
	LARGE = 1024,
	FEW = 4 /* chunks */
};

#define FREE RANGEMAP_NOBODY

struct rangemap_chunk {
	uint32_t n, cap;
	uint32_t *value; /* after "from" in the same memory block */
	int64_t from[];
};

void rangemap_release(struct rangemap *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->chunks[i]);
	free(m->chunks);
	*m = (struct rangemap){ .chunks = NULL };
}

static uint32_t value_of(const struct rangemap *m, struct rangemap_place p)
{
	return m->chunks[p.chunk]->value[p.at];
}

static int64_t from_of(const struct rangemap *m, struct rangemap_place p)
{
	return m->chunks[p.chunk]->from[p.at];
}

static bool is_step(const struct rangemap *m, struct rangemap_place p)
{
	return p.chunk < m->n;
}

static struct rangemap_place next(const struct rangemap *m,
				  struct rangemap_place p)
{
	if (++p.at == m->chunks[p.chunk]->n)
		p = (struct rangemap_place){ p.chunk + 1, 0 };
	return p;
}

/* Not for the first step of the map. */
static struct rangemap_place previous(const struct rangemap *m,
				      struct rangemap_place p)
{
	if (p.at == 0) {
		p.chunk--;
		p.at = m->chunks[p.chunk]->n;
	}
	p.at--;
	return p;
}

static int64_t end_of(const struct rangemap *m, struct rangemap_place p)
{
	struct rangemap_place q = next(m, p);

	return is_step(m, q) ? from_of(m, q) : INT64_MAX;
}

/* The step that contains x; the map must not be empty. */
static struct rangemap_place find(const struct rangemap *m, int64_t x)
{
	size_t at = m->n - 1, k = 0;
	const struct rangemap_chunk *c = m->chunks[at];

	if (c->from[c->n - 1] <= x) /* numbers mostly increase */
		return (struct rangemap_place){ at, c->n - 1 };
	/* The last chunk that begins at or before x. */
	at = LOWER_BOUND(i, 1, m->n, m->chunks[i]->from[0] <= x) - 1;
	c = m->chunks[at];
	k = LOWER_BOUND(i, 1, c->n, c->from[i] <= x) - 1;
	return (struct rangemap_place){ at, k };
}

/* The same, if it is likely the step at *near or the next one. */
static struct rangemap_place find_near(const struct rangemap *m, int64_t x,
				       struct rangemap_place *near)
{
	if (!is_step(m, *near) || near->at >= m->chunks[near->chunk]->n ||
	    x < from_of(m, *near))
		return *near = find(m, x);
	if (x >= end_of(m, *near)) /* so there is a next step */
		*near = next(m, *near);
	if (x >= end_of(m, *near))
		*near = find(m, x);
	return *near;
}

static struct rangemap_chunk *add_chunk(struct rangemap *m, size_t i,
					uint32_t cap)
{
	size_t step = sizeof(int64_t) + sizeof(uint32_t);
	struct rangemap_chunk *c =
		mem_realloc(NULL, 1, sizeof(*c) + cap * step);

	c->n = 0;
	c->cap = cap;
	c->value = (uint32_t *)(c->from + cap);
	MEM_PUSH_ROOM(m->chunks, m->n, m->cap);
	memmove(m->chunks + i + 1, m->chunks + i,
		(m->n - i) * sizeof(*m->chunks));
	m->chunks[i] = c;
	m->n++;
	return c;
}

/* Move what lies after place "keep" of chunk i to a new chunk. */
static void split(struct rangemap *m, size_t i, uint32_t keep)
{
	struct rangemap_chunk *c = m->chunks[i], *next = NULL;
	uint32_t cap = m->n < FEW ? SMALL : LARGE;

	next = add_chunk(m, i + 1, cap > c->cap ? cap : c->cap);
	next->n = c->n - keep;
	memcpy(next->from, c->from + keep, next->n * sizeof(*c->from));
	memcpy(next->value, c->value + keep, next->n * sizeof(*c->value));
	c->n = keep;
}

/* Insert a step after the one at p. */
static void insert(struct rangemap *m, struct rangemap_place p, int64_t from,
		   uint32_t value)
{
	struct rangemap_chunk *c = m->chunks[p.chunk];
	bool last = p.chunk == m->n - 1;

	p.at++;
	if (c->n == c->cap) {
		/* At the end of the line most chunks remain full. */
		uint32_t keep = !last	       ? c->n / 2
				: p.at == c->n ? c->n
					       : c->n - c->n / 8;

		split(m, p.chunk, keep);
		if (p.at > keep || p.at == c->cap)
			p = (struct rangemap_place){ p.chunk + 1, p.at - keep };
		c = m->chunks[p.chunk];
	}
	memmove(c->from + p.at + 1, c->from + p.at,
		(c->n - p.at) * sizeof(*c->from));
	memmove(c->value + p.at + 1, c->value + p.at,
		(c->n - p.at) * sizeof(*c->value));
	c->from[p.at] = from;
	c->value[p.at] = value;
	c->n++;
}

static void erase(struct rangemap *m, struct rangemap_place p)
{
	struct rangemap_chunk *c = m->chunks[p.chunk];

	c->n--;
	memmove(c->from + p.at, c->from + p.at + 1,
		(c->n - p.at) * sizeof(*c->from));
	memmove(c->value + p.at, c->value + p.at + 1,
		(c->n - p.at) * sizeof(*c->value));
	if (c->n == 0) {
		free(c);
		m->n--;
		memmove(m->chunks + p.chunk, m->chunks + p.chunk + 1,
			(m->n - p.chunk) * sizeof(*m->chunks));
	}
}

static void start(struct rangemap *m)
{
	struct rangemap_chunk *c = add_chunk(m, 0, SMALL);

	c->from[0] = INT64_MIN;
	c->value[0] = FREE;
	c->n = 1;
}

/* The complete free step at p gets the value. */
static void fill_whole(struct rangemap *m, struct rangemap_place p,
		       uint32_t value)
{
	struct rangemap_place right = next(m, p);

	if (is_step(m, right) && value_of(m, right) == value)
		erase(m, right);
	if (from_of(m, p) > INT64_MIN && value_of(m, previous(m, p)) == value)
		erase(m, p);
	else
		m->chunks[p.chunk]->value[p.at] = value;
}

/* Its beginning, up to "to", gets the value. */
static void fill_left(struct rangemap *m, struct rangemap_place p, int64_t to,
		      uint32_t value)
{
	struct rangemap_chunk *c = m->chunks[p.chunk];

	if (c->from[p.at] > INT64_MIN && value_of(m, previous(m, p)) == value) {
		c->from[p.at] = to;
	} else {
		c->value[p.at] = value;
		insert(m, p, to, FREE);
	}
}

/* Its end, from "from" on, gets the value. */
static void fill_right(struct rangemap *m, struct rangemap_place p,
		       int64_t from, uint32_t value)
{
	struct rangemap_place right = next(m, p);

	if (is_step(m, right) && value_of(m, right) == value)
		m->chunks[right.chunk]->from[right.at] = from;
	else
		insert(m, p, from, value);
}

/* [from, to), within the free step at p, gets the value. */
static void fill(struct rangemap *m, struct rangemap_place p, int64_t from,
		 int64_t to, uint32_t value)
{
	bool left = from == from_of(m, p), right = to == end_of(m, p);

	if (left && right) {
		fill_whole(m, p, value);
	} else if (left) {
		fill_left(m, p, to, value);
	} else if (right) {
		fill_right(m, p, from, value);
	} else {
		insert(m, p, to, FREE);
		insert(m, find(m, from), from, value);
	}
}

/* Most claims continue where the highest one ends. */
static bool goes_on(const struct rangemap *m, int64_t from, int64_t to)
{
	const struct rangemap_chunk *c = m->chunks[m->n - 1];

	return from == c->from[c->n - 1] && from < to && to < INT64_MAX &&
	       c->value[c->n - 1] == FREE;
}

void rangemap_claim(struct rangemap *m, int64_t from, int64_t to,
		    uint32_t value, rangemap_piece_fn *piece, void *ctx)
{
	if (m->n == 0 && from < to)
		start(m);
	if (m->n > 0 && goes_on(m, from, to)) {
		size_t last = m->n - 1;

		fill_left(
			m,
			(struct rangemap_place){ last, m->chunks[last]->n - 1 },
			to, value);
		if (piece)
			piece(ctx, from, to, NULL);
		return;
	}
	while (from < to) {
		struct rangemap_place p = find(m, from);
		uint32_t owner = value_of(m, p);
		int64_t end = end_of(m, p);

		if (end > to)
			end = to;
		if (owner == FREE)
			fill(m, p, from, end, value);
		if (piece)
			piece(ctx, from, end, owner == FREE ? NULL : &owner);
		from = end;
	}
}

void rangemap_look_near(const struct rangemap *m, struct rangemap_place *near,
			int64_t from, int64_t to, rangemap_piece_fn *piece,
			void *ctx)
{
	while (m->n > 0 && from < to) {
		struct rangemap_place p = find_near(m, from, near);
		uint32_t owner = value_of(m, p);
		int64_t end = end_of(m, p);

		if (end > to)
			end = to;
		piece(ctx, from, end, owner == FREE ? NULL : &owner);
		from = end;
	}
	if (from < to)
		piece(ctx, from, to, NULL);
}

void rangemap_look(const struct rangemap *m, int64_t from, int64_t to,
		   rangemap_piece_fn *piece, void *ctx)
{
	struct rangemap_place near = { 0, 0 };

	rangemap_look_near(m, &near, from, to, piece, ctx);
}

bool rangemap_find(const struct rangemap *m, int64_t x, struct range *out)
{
	struct rangemap_place p = { 0, 0 };

	if (m->n == 0 || x == INT64_MAX)
		return false;
	p = find(m, x);
	*out = (struct range){ from_of(m, p), end_of(m, p), value_of(m, p) };
	return out->value != FREE;
}

void rangemap_each(const struct rangemap *m,
		   void (*fn)(void *ctx, const struct range *r), void *ctx)
{
	for (struct rangemap_place p = { 0, 0 }; is_step(m, p);
	     p = next(m, p)) {
		struct range r = { from_of(m, p), end_of(m, p),
				   value_of(m, p) };

		if (r.value != FREE)
			fn(ctx, &r);
	}
}
