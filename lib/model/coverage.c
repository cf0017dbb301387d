/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void add_range(void *ctx, const struct range *r)
{
	struct coverage *c = ctx;

	if (!c->bytes)
		c->first = r->from;
	else if (r->from > c->last) {
		*MEM_PUSH(c->holes, c->n_holes, c->cap_holes) =
			(struct hole){ c->last, r->from };
		c->missing += (uint64_t)(r->from - c->last);
	}
	c->last = r->to;
	c->bytes += (uint64_t)(r->to - r->from);
}

void coverage_of(const struct rangemap *map, int64_t shift,
		 struct coverage *out)
{
	memset(out, 0, sizeof(*out));
	rangemap_each(map, add_range, out);
	if (!out->bytes)
		return;
	out->first += shift;
	out->last += shift;
	for (size_t i = 0; i < out->n_holes; i++) {
		out->holes[i].from += shift;
		out->holes[i].to += shift;
	}
}

void coverage_release(struct coverage *c)
{
	free(c->holes);
	memset(c, 0, sizeof(*c));
}
