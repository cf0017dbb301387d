/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rangemap.h against an array with one cell per number.  The first byte says
 * where on the line; then per operation: from (2), length, value.
 */
#include <string.h>

#include "fuzz.h"
#include "model/rangemap.h"

enum {
	CELLS = 2048,
	NOBODY = 256
};

struct model {
	int64_t base;
	uint16_t owner[CELLS];
	int64_t next; /* where the next piece has to begin */
	int64_t end;
};

static void take_piece(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct model *m = ctx;

	PROMISE(from == m->next && from < to && to <= m->end);
	for (int64_t x = from; x < to; x++)
		PROMISE(m->owner[x - m->base] == (owner ? *owner : NOBODY));
	m->next = to;
}

static void take_range(void *ctx, const struct range *r)
{
	struct model *m = ctx;

	PROMISE(r->from < r->to && r->from >= m->next);
	for (int64_t x = m->next; x < r->from; x++)
		PROMISE(m->owner[x - m->base] == NOBODY);
	for (int64_t x = r->from; x < r->to; x++)
		PROMISE(m->owner[x - m->base] == r->value);
	m->next = r->to;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t bases[] = { 0, -CELLS / 2, INT64_MAX - CELLS,
					 INT64_MIN, (int64_t)1 << 32 };
	struct rangemap map = { .chunks = NULL };
	struct model m;
	struct range r;

	if (size < 1)
		return 0;
	m.base = bases[data[0] % 5];
	for (int i = 0; i < CELLS; i++)
		m.owner[i] = NOBODY;
	for (data++, size--; size >= 4; data += 4, size -= 4) {
		int64_t from = (data[0] << 8 | data[1]) % CELLS;
		int64_t to = from + data[2];

		to = to > CELLS ? CELLS : to;
		m.next = m.base + from;
		m.end = m.base + to;
		rangemap_look(&map, m.next, m.end, take_piece, &m);
		PROMISE(m.next == m.end);
		m.next = m.base + from;
		rangemap_claim(&map, m.next, m.end, data[3], take_piece, &m);
		PROMISE(m.next == m.end);
		for (int64_t x = from; x < to; x++)
			if (m.owner[x] == NOBODY)
				m.owner[x] = data[3];
		if (rangemap_find(&map, m.base + from, &r))
			PROMISE(m.owner[from] == r.value);
		else
			PROMISE(m.owner[from] == NOBODY);
	}
	m.next = m.base;
	rangemap_each(&map, take_range, &m);
	for (int64_t x = m.next - m.base; x < CELLS; x++)
		PROMISE(m.owner[x] == NOBODY);
	rangemap_release(&map);
	return 0;
}
