/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/aggregation.h"

#include <string.h>

enum {
	PARTS = 10 /* who carries less than one does not matter */
};

struct aggregation_sum {
	uint64_t rates;
	size_t n;	 /* subflows that have one */
	bool incomplete; /* a subflow that matters has none */
	int64_t rtt;	 /* ns, the longest */
};

static void add_subflow(const struct limits_input *in, size_t k, uint64_t rate,
			struct aggregation_sum *sum, struct aggregation *out)
{
	const enum direction d = in->direction;
	const struct stream *s = trace_subflow(in->trace, in->conn, k);
	const struct distribution *rtt =
		&in->tcp[k].direction[d ^ s->flipped].rtt.data;
	const uint64_t unique = s->bytes[d].of[BYTES_UNIQUE];

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
	}
}

static double benefit(double g, double best, double sum)
{
	return g >= best ? (g - best) / (sum - best) : (g - best) / best;
}

void aggregation_find(const struct limits_input *in,
		      const struct limits *limits, uint64_t goodput,
		      const uint64_t *capacity, struct aggregation *out)
{
	struct aggregation_sum sum = { .n = 0 };

	memset(out, 0, sizeof(*out));
	for (size_t k = 0; k < in->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(in->trace, in->conn, k);
		uint64_t rate = in->tcp[k]
					.direction[in->direction ^ s->flipped]
					.delivery_rate;

		if (capacity && capacity[k])
			rate = capacity[k];
		add_subflow(in, k, rate, &sum, out);
	}
	if (sum.incomplete) {
		*out = (struct aggregation){ .best = 0 };
		return;
	}
	out->window = (uint64_t)((double)sum.rates / 8 * (double)sum.rtt / 1e9);
	out->has_benefit = sum.n > 1 && goodput && limits->known &&
			   limits_main(limits) != LIMIT_APPLICATION;
	if (out->has_benefit)
		out->benefit = benefit((double)goodput, (double)out->best,
				       (double)sum.rates);
}
