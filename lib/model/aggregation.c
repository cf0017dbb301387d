/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/aggregation.h"

enum {
	PARTS = 10 /* a subflow with less than one part of so many is ignored */
};

struct aggregation_sum {
	uint64_t rates;
	size_t n;	 /* subflows with a rate */
	bool incomplete; /* a subflow that is not ignored has none */
	int64_t rtt;	 /* ns, the longest */
};

static void add_subflow(const struct limits_input *in, size_t k,
			struct aggregation_sum *sum, struct aggregation *out)
{
	const enum direction d = in->direction;
	const struct stream *s = trace_subflow(in->trace, in->conn, k);
	const struct tcp_direction *tcp = &in->tcp[k].direction[d ^ s->flipped];
	const struct distribution *rtt = &tcp->rtt.data;
	const uint64_t unique = s->bytes[d].of[BYTES_UNIQUE];
	const uint64_t given = trace_capacity(in->trace, s);
	const uint64_t rate = given ? given : tcp->delivery_rate;

	if (!rate) {
		sum->incomplete |=
			unique * PARTS >= in->conn->bytes[d].of[BYTES_UNIQUE] &&
			unique;
		return;
	}
	sum->n++;
	sum->rates += rate;
	if (rtt->n && rtt->p95 > sum->rtt)
		sum->rtt = rtt->p95;
	if (rate > out->best) {
		out->best = rate;
		out->best_subflow = k;
		out->best_is_given = given > 0;
	}
}

static double benefit(double g, double best, double sum)
{
	return g >= best ? (g - best) / (sum - best) : (g - best) / best;
}

/* Relative to the total time of the limits. */
static uint64_t goodput(const struct limits_input *in,
			const struct limits *limits)
{
	const uint64_t bytes = in->conn->bytes[in->direction].of[BYTES_UNIQUE];
	const int64_t time = limits->duration;

	return time > 0 ? (uint64_t)((double)bytes * 8e9 / (double)time) : 0;
}

void aggregation_find(const struct limits_input *in,
		      const struct limits *limits, struct aggregation *out)
{
	struct aggregation_sum sum = { .n = 0 };

	*out = (struct aggregation){ .goodput = goodput(in, limits) };
	for (size_t k = 0; k < in->conn->n_subflows; k++)
		add_subflow(in, k, &sum, out);
	if (sum.incomplete) {
		*out = (struct aggregation){ .goodput = out->goodput };
		return;
	}
	out->window = (uint64_t)((double)sum.rates / 8 * (double)sum.rtt / 1e9);
	out->has_benefit = sum.n > 1 && out->goodput && limits->known &&
			   limits_main(limits) != LIMIT_APPLICATION;
	if (out->has_benefit)
		out->benefit = benefit((double)out->goodput, (double)out->best,
				       (double)sum.rates);
}
