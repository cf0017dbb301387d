/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/rangemap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	CHUNK = 256
};

struct rangemap_chunk {
	size_t n;
	struct range r[CHUNK];
};

/* A place in the map: the chunk and the range in it. */
struct place {
	size_t chunk, at;
};

void rangemap_release(struct rangemap *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->chunks[i]);
	free(m->chunks);
	*m = (struct rangemap){ .chunks = NULL };
}

/* The first range that ends behind x; chunk == m->n when there is none. */
static struct place find(const struct rangemap *m, int64_t x)
{
	size_t low = 0, high = m->n;
	struct place p = { m->n, 0 };

	if (m->n == 0)
		return p;
	while (low < high) { /* the first chunk whose last range ends behind */
		size_t mid = low + (high - low) / 2;
		const struct rangemap_chunk *c = m->chunks[mid];

		if (c->r[c->n - 1].to > x)
			high = mid;
		else
			low = mid + 1;
	}
	p.chunk = low;
	if (low == m->n)
		return p;
	const struct rangemap_chunk *c = m->chunks[low];
	size_t a = 0, b = c->n;

	while (a < b) {
		size_t mid = a + (b - a) / 2;

		if (c->r[mid].to > x)
			b = mid;
		else
			a = mid + 1;
	}
	p.at = a;
	return p;
}

static struct range *at(const struct rangemap *m, struct place p)
{
	return p.chunk < m->n ? &m->chunks[p.chunk]->r[p.at] : NULL;
}

static struct range *before(const struct rangemap *m, struct place p)
{
	struct rangemap_chunk *c = NULL;

	if (p.at > 0)
		return &m->chunks[p.chunk]->r[p.at - 1];
	if (p.chunk == 0)
		return NULL;
	c = m->chunks[p.chunk - 1];
	return &c->r[c->n - 1];
}

static void add_chunk(struct rangemap *m, size_t i)
{
	MEM_PUSH_ROOM(m->chunks, m->n, m->cap);
	memmove(m->chunks + i + 1, m->chunks + i,
		(m->n - i) * sizeof(*m->chunks));
	m->chunks[i] = mem_realloc(NULL, 1, sizeof(**m->chunks));
	m->chunks[i]->n = 0;
	m->n++;
}

static void insert(struct rangemap *m, struct place p, struct range r)
{
	struct rangemap_chunk *c = NULL;

	if (p.chunk == m->n) { /* behind everything */
		if (m->n == 0 || m->chunks[m->n - 1]->n == CHUNK)
			add_chunk(m, m->n);
		c = m->chunks[m->n - 1];
		c->r[c->n++] = r;
		return;
	}
	c = m->chunks[p.chunk];
	if (c->n == CHUNK) {
		struct rangemap_chunk *next = NULL;

		add_chunk(m, p.chunk + 1);
		next = m->chunks[p.chunk + 1];
		next->n = CHUNK / 2;
		c->n = CHUNK - next->n;
		memcpy(next->r, c->r + c->n, next->n * sizeof(*c->r));
		if (p.at > c->n) {
			p.at -= c->n;
			c = next;
		}
	}
	memmove(c->r + p.at + 1, c->r + p.at, (c->n - p.at) * sizeof(*c->r));
	c->r[p.at] = r;
	c->n++;
}

static void erase(struct rangemap *m, struct place p)
{
	struct rangemap_chunk *c = m->chunks[p.chunk];

	c->n--;
	memmove(c->r + p.at, c->r + p.at + 1, (c->n - p.at) * sizeof(*c->r));
	if (c->n == 0) {
		free(c);
		m->n--;
		memmove(m->chunks + p.chunk, m->chunks + p.chunk + 1,
			(m->n - p.chunk) * sizeof(*m->chunks));
	}
}

/* Fill the free gap [from, to) that lies before the range at p. */
static void fill(struct rangemap *m, struct place p, int64_t from, int64_t to,
		 uint32_t value)
{
	struct range *left = before(m, p), *right = at(m, p);
	int joins_left = left && left->to == from && left->value == value;
	int joins_right = right && right->from == to && right->value == value;

	if (joins_left && joins_right) {
		left->to = right->to;
		erase(m, p);
	} else if (joins_left) {
		left->to = to;
	} else if (joins_right) {
		right->from = from;
	} else {
		insert(m, p, (struct range){ from, to, value });
	}
}

static void walk(struct rangemap *writable, const struct rangemap *m,
		 int64_t from, int64_t to, uint32_t value,
		 rangemap_piece_fn *piece, void *ctx)
{
	while (from < to) {
		struct place p = find(m, from);
		const struct range *r = at(m, p);
		int64_t end = to;

		if (r && r->from <= from) {
			uint32_t owner = r->value;

			end = r->to < to ? r->to : to;
			if (piece)
				piece(ctx, from, end, &owner);
		} else {
			if (r && r->from < to)
				end = r->from;
			if (writable)
				fill(writable, p, from, end, value);
			if (piece)
				piece(ctx, from, end, NULL);
		}
		from = end;
	}
}

void rangemap_claim(struct rangemap *m, int64_t from, int64_t to,
		    uint32_t value, rangemap_piece_fn *piece, void *ctx)
{
	walk(m, m, from, to, value, piece, ctx);
}

void rangemap_look(const struct rangemap *m, int64_t from, int64_t to,
		   rangemap_piece_fn *piece, void *ctx)
{
	walk(NULL, m, from, to, 0, piece, ctx);
}

int rangemap_find(const struct rangemap *m, int64_t x, struct range *out)
{
	struct place p = find(m, x);

	if (p.chunk == m->n || m->chunks[p.chunk]->r[p.at].from > x)
		return 0;
	*out = m->chunks[p.chunk]->r[p.at];
	return 1;
}

void rangemap_each(const struct rangemap *m,
		   void (*fn)(void *ctx, const struct range *r), void *ctx)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->chunks[i]->n; j++)
			fn(ctx, &m->chunks[i]->r[j]);
}
