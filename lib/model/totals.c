/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/totals.h"

#include <math.h>

#define LARGEST 9e18 /* of int64_t, about */

bool total_has_direction(enum total_quantity quantity)
{
	return quantity >= TOTAL_UNIQUE;
}

double total_scale(enum total_quantity quantity)
{
	switch (quantity) {
	case TOTAL_DURATION:
	case TOTAL_DATA_DURATION:
	case TOTAL_OVERHEAD: return 1e9;
	case TOTAL_THROUGHPUT:
	case TOTAL_GOODPUT: return 1e3;
	case TOTAL_SUBFLOWS:
	case TOTAL_UNIQUE:
	case TOTAL_USED_SUBFLOWS:
	case TOTAL_QUANTITIES: break;
	}
	return 1;
}

static void add(struct totals *t, enum total_quantity quantity,
		enum direction d, double value)
{
	value *= total_scale(quantity);
	digest_add(&t->of[quantity][d],
		   value < LARGEST ? llround(value) : (int64_t)LARGEST);
}

static uint64_t used_subflows(const struct direction_summary *d)
{
	uint64_t n = 0;

	for (size_t k = 0; k < d->n_subflows; k++)
		n += d->subflows[k].counts->sent > 0;
	return n;
}

static void add_direction(struct totals *t, const struct direction_summary *s)
{
	const enum direction d = s->direction;
	const struct byte_counts *c = s->counts;
	const double sent = (double)c->sent;
	const double unique = (double)c->of[BYTES_UNIQUE];
	const bool known = byte_counts_know_unique(c);
	const double ns =
		s->data.known ? (double)(s->data.to - s->data.from) : 0;

	if (known)
		add(t, TOTAL_UNIQUE, d, unique);
	if (c->sent)
		add(t, TOTAL_USED_SUBFLOWS, d, (double)used_subflows(s));
	if (s->data.known)
		digest_add(&t->of[TOTAL_DATA_DURATION][d],
			   s->data.to - s->data.from);
	if (ns > 0)
		add(t, TOTAL_THROUGHPUT, d, sent * 8e9 / ns);
	if (ns > 0 && known)
		add(t, TOTAL_GOODPUT, d, unique * 8e9 / ns);
	if (unique > 0)
		add(t, TOTAL_OVERHEAD, d, (sent - unique) / unique);
}

void totals_add(struct totals *t, const struct summary *s)
{
	const struct connection *conn = s->conn;

	digest_add(&t->of[TOTAL_SUBFLOWS][0], (int64_t)conn->n_subflows);
	digest_add(&t->of[TOTAL_DURATION][0],
		   conn->last_time - conn->first_time);
	for (int d = 0; d < 2; d++)
		add_direction(t, &s->direction[d]);
}

void totals_describe(struct totals *t, enum total_quantity quantity,
		     enum direction d, struct distribution *out)
{
	digest_describe(&t->of[quantity][total_has_direction(quantity) ? d : 0],
			out);
}

void totals_release(struct totals *t)
{
	for (int q = 0; q < TOTAL_QUANTITIES; q++)
		for (int d = 0; d < 2; d++)
			digest_release(&t->of[q][d]);
}
