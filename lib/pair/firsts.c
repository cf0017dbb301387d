/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/firsts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"

struct finder {
	struct data_firsts *out;
	struct rangemap came; /* data bytes */
	const struct segment *segment;
	int64_t moved; /* data position minus subflow position */
	int64_t whole;
};

static void add_first(void *ctx, int64_t from, int64_t to,
		      const uint32_t *owner)
{
	const struct finder *f = ctx;
	struct data_firsts *out = f->out;

	if (owner)
		return;
	*MEM_PUSH(out->items, out->n, out->cap) = (struct data_first){
		.dsn = from,
		.end = to,
		.ssn = from - f->moved,
		.whole = f->whole,
		.packet = (uint32_t)f->segment->packet,
		.subflow = f->segment->subflow,
	};
}

static void by_mapping(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct finder *f = ctx;
	const struct dss_mapping *map = NULL;

	if (!owner)
		return;
	map = &f->segment->flow->maps[*owner];
	f->moved = map->dsn - map->ssn;
	f->whole = map->len == MAPPING_INFINITE ? from : map->ssn + map->len;
	rangemap_claim(&f->came, from + f->moved, to + f->moved, 0, add_first,
		       f);
}

static int by_position(const void *x, const void *y)
{
	const struct data_first *a = x, *b = y;

	return COMPARE(a->dsn, b->dsn);
}

void data_firsts_find(struct sequence *q, enum direction d,
		      struct data_firsts *out)
{
	struct finder f = { .out = out };

	memset(out, 0, sizeof(*out));
	for (size_t j = 0; j < q->n; j++) {
		struct segment s = sequence_segment(q, q->packets[j]);

		if (s.direction != d || !s.len)
			continue;
		f.segment = &s;
		rangemap_look(&s.flow->by_ssn, s.ssn, s.ssn + s.len, by_mapping,
			      &f);
	}
	sequence_rewind(q);
	rangemap_release(&f.came);
	SORT(out->items, out->n, by_position);
}

const struct data_first *data_firsts_at(const struct data_firsts *f,
					int64_t dsn)
{
	size_t at = LOWER_BOUND(k, 0, f->n, f->items[k].end <= dsn);

	return at < f->n && f->items[at].dsn <= dsn ? &f->items[at] : NULL;
}

void data_firsts_release(struct data_firsts *f)
{
	free(f->items);
	memset(f, 0, sizeof(*f));
}
