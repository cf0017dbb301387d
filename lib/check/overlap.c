/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/overlap.h"

#include "base/search.h"
#include "check/subflow.h"
#include "model/periods.h"

enum {
	ROUND_TRIPS = 2,
	LEAST_PAUSE = 400000000 /* ns: shorter pauses are ignored */
};

static int64_t longest_pause(const struct check_context *c, size_t first,
			     size_t second)
{
	const int64_t a = subflow_round_trip(c, first);
	const int64_t b = subflow_round_trip(c, second);
	const int64_t pause = ROUND_TRIPS * (a > b ? a : b);

	return pause > LEAST_PAUSE ? pause : LEAST_PAUSE;
}

/* When a subflow carried data. */
static void find_periods(const struct check_context *c, enum direction d,
			 size_t subflow, struct periods *out)
{
	const struct ledger *l = &c->ledger;

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *piece = &l->pieces[k];
		const int64_t time = c->trace->packets.time[piece->packet];

		if (piece->direction == d && piece->subflow == subflow)
			periods_add(out, time, time);
	}
	periods_total(out); /* puts them in order */
}

/* The time that is in periods of both. */
static int64_t common_time(const struct periods *a, const struct periods *b)
{
	int64_t sum = 0;

	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		const struct span *x = &a->items[i], *y = &b->items[j];
		const int64_t from = x->from > y->from ? x->from : y->from;
		const int64_t to = x->to < y->to ? x->to : y->to;

		sum += to > from ? to - from : 0;
		if (x->to < y->to)
			i++;
		else
			j++;
	}
	return sum;
}

static bool is_within(const struct periods *p, int64_t time)
{
	const size_t at = LOWER_BOUND(k, 0, p->n, p->items[k].to < time);

	return at < p->n && p->items[at].from <= time;
}

/* Bytes that a subflow sent in these periods. */
static uint64_t sent_within(const struct check_context *c, enum direction d,
			    size_t subflow, const struct periods *p)
{
	const struct ledger *l = &c->ledger;
	uint64_t sum = 0;

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *piece = &l->pieces[k];

		if (piece->direction == d && piece->subflow == subflow &&
		    is_within(p, c->trace->packets.time[piece->packet]))
			sum += piece->len;
	}
	return sum;
}

void overlap_measure(const struct check_context *c, enum direction d,
		     size_t first, size_t second, struct overlap *out)
{
	const int64_t pause = longest_pause(c, first, second);
	struct periods a = PERIODS_INIT(pause), b = PERIODS_INIT(pause);

	find_periods(c, d, first, &a);
	find_periods(c, d, second, &b);
	out->time = common_time(&a, &b);
	out->bytes[0] = sent_within(c, d, first, &b);
	out->bytes[1] = sent_within(c, d, second, &a);
	periods_release(&a);
	periods_release(&b);
}
