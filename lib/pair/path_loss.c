/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/path_loss.h"

/* The fate of the packets that one end sent, from its own capture. */
static void count_fates(const size_t *sent, struct path_subflow *out)
{
	out->has_lost = true;
	out->lost = sent[MATCH_LOST];
	for (int f = 0; f <= MATCH_UNSEEN; f++)
		if (f != MATCH_COPY && f != MATCH_DUPLICATED &&
		    f != MATCH_OUTSIDE)
			out->crossed += sent[f];
}

void path_loss_find(const struct pairing *p, struct path_part *part)
{
	for (size_t k = 0; k < part->conn->n_subflows; k++) {
		const struct stream *subflow =
			trace_subflow(part->trace, part->conn, k);
		const struct paired_stream *s = pairing_stream(p, subflow);

		for (int d = 0; s && d < 2; d++) {
			const int tcp = d ^ subflow->flipped;
			const int sender = tcp == TO_SERVER ? s->client_end
							    : !s->client_end;

			count_fates(s->match.counts[sender][tcp],
				    &part->subflows[k][d]);
		}
	}
}
