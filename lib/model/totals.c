/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/totals.h"

#include <math.h>

#define LARGEST 9e18 /* of int64_t, about */

bool total_has_direction(enum total_quantity quantity)
{
	return quantity >= TOTAL_UNIQUE;
}

bool total_is_limit(enum total_quantity quantity)
{
	return quantity >= TOTAL_LIMIT;
}

bool total_has_sum(enum total_quantity quantity)
{
	return quantity != TOTAL_THROUGHPUT && quantity != TOTAL_GOODPUT &&
	       quantity != TOTAL_OVERHEAD;
}

double total_scale(enum total_quantity quantity)
{
	if (total_is_limit(quantity))
		return 1e9;
	switch (quantity) {
	case TOTAL_DURATION:
	case TOTAL_DATA_DURATION:
	case TOTAL_OVERHEAD: return 1e9;
	case TOTAL_THROUGHPUT:
	case TOTAL_GOODPUT: return 1e3;
	case TOTAL_SUBFLOWS:
	case TOTAL_UNIQUE:
	case TOTAL_USED_SUBFLOWS:
	default: break;
	}
	return 1;
}

static void add_sample(struct totals *t, enum total_quantity quantity,
		       enum direction d, int64_t sample)
{
	uint64_t *sum = &t->sum[quantity][d];

	digest_add(&t->of[quantity][d], sample);
	*sum = UINT64_MAX - *sum < (uint64_t)sample ? UINT64_MAX
						    : *sum + (uint64_t)sample;
}

static void add(struct totals *t, enum total_quantity quantity,
		enum direction d, double value)
{
	value *= total_scale(quantity);
	add_sample(t, quantity, d,
		   value < LARGEST ? llround(value) : (int64_t)LARGEST);
}

static void add_limits(struct totals *t, const struct limits *l,
		       enum direction d)
{
	if (!l->known)
		return;
	for (int s = 0; s < LIMIT_STATES; s++)
		add_sample(t, (enum total_quantity)(TOTAL_LIMIT + s), d,
			   l->time[s]);
	t->limited[limits_main(l)][d]++;
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
		add_sample(t, TOTAL_DATA_DURATION, d,
			   s->data.to - s->data.from);
	if (ns > 0)
		add(t, TOTAL_THROUGHPUT, d, sent * 8e9 / ns);
	if (ns > 0 && known)
		add(t, TOTAL_GOODPUT, d, unique * 8e9 / ns);
	if (unique > 0)
		add(t, TOTAL_OVERHEAD, d, (sent - unique) / unique);
	add_limits(t, &s->limits, d);
}

void totals_add(struct totals *t, const struct summary *s)
{
	const struct connection *conn = s->conn;

	add_sample(t, TOTAL_SUBFLOWS, 0, (int64_t)conn->n_subflows);
	add_sample(t, TOTAL_DURATION, 0, conn->last_time - conn->first_time);
	for (int d = 0; d < 2; d++)
		add_direction(t, &s->direction[d]);
}

void totals_describe(struct totals *t, enum total_quantity quantity,
		     enum direction d, struct distribution *out)
{
	digest_describe(&t->of[quantity][total_has_direction(quantity) ? d : 0],
			out);
}

uint64_t totals_limit_time(const struct totals *t, enum direction d)
{
	uint64_t all = 0;

	for (int s = 0; s < LIMIT_STATES; s++)
		all += t->sum[TOTAL_LIMIT + s][d];
	return all;
}

void totals_release(struct totals *t)
{
	for (int q = 0; q < TOTAL_QUANTITIES; q++)
		for (int d = 0; d < 2; d++)
			digest_release(&t->of[q][d]);
}
