/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/transfer.h"

#include "model/rtt.h"

int64_t transfer_patience(struct transfer *t, uint32_t subflow,
			  enum direction d)
{
	const struct trace *trace = t->g->trace;
	const struct stream *s = &trace->streams[t->g->conn->subflows[subflow]];
	struct flow_story *f = &t->flows[2 * subflow];
	struct rtt rtt[2];

	if (f[d].patience)
		return f[d].patience;
	rtt_measure(trace, s, rtt);
	for (int way = 0; way < 2; way++) {
		const struct rtt *r = &rtt[way ^ s->flipped];
		int64_t time = r->data.n	  ? r->data.p50
			       : r->has_handshake ? r->handshake
						  : 0;

		if (time > TIMELINE_LONGEST)
			time = TIMELINE_LONGEST;
		f[way].patience = TIMELINE_RTTS * time;
		if (f[way].patience < TIMELINE_STALL)
			f[way].patience = TIMELINE_STALL;
	}
	return f[d].patience;
}
