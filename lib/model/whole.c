/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/whole.h"

/* Does an acknowledgment cover bytes that were not captured? */
static bool acks_unseen(const struct trace *t, const struct stream *s, int d)
{
	const struct packets *p = &t->packets;
	uint32_t end = s->side[d].isn + 1;

	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = t->order[s->first + n];
		uint32_t behind = p->seq[i] + p->len[i] +
				  !!(p->flags[i] & TCP_SYN) +
				  !!(p->flags[i] & TCP_FIN);

		if (!!(p->mark[i] & PACKET_REVERSE) == d) {
			if ((int32_t)(behind - end) > 0)
				end = behind;
		} else if ((p->flags[i] & (TCP_ACK | TCP_RST)) == TCP_ACK &&
			   (int32_t)(p->ack[i] - end) > 0) {
			return true;
		}
	}
	return false;
}

bool whole_stream(const struct trace *t, const struct tcp_summary *tcp,
		  enum direction d)
{
	const struct tcp_direction *of = &tcp->direction[d];
	const struct stream *s = tcp->stream;

	/* A join that came to nothing carried nothing. */
	if (!of->data_packets && !s->established && s->side[TO_SERVER].has_syn)
		return true;
	return s->side[d].has_isn && !of->coverage.n_holes &&
	       (!of->data_packets || of->coverage.first <= 1) &&
	       !acks_unseen(t, s, (int)d);
}

const char *holes_name(enum holes holes)
{
	switch (holes) {
	case HOLES_UNKNOWN: return NULL;
	case HOLES_NOT_SENT: return "not_sent";
	case HOLES_NOT_CAPTURED: return "not_captured";
	}
	return NULL;
}

/* Where the first byte is that is missing. */
static int64_t first_missing(const struct coverage *c)
{
	if (c->first > 1)
		return 1;
	return c->n_holes ? c->holes[0].from : c->last;
}

static bool is_acked(const struct ledger *l, enum direction d, int64_t dsn)
{
	for (size_t k = 0; k < l->n_acks; k++)
		if (l->acks[k].direction == d && l->acks[k].ack > dsn)
			return true;
	return false;
}

enum holes holes_judge(const struct trace *t, const struct connection *conn,
		       const struct tcp_summary *tcp, const struct ledger *l,
		       enum direction d, const struct coverage *coverage,
		       enum vantage vantage)
{
	if (vantage == VANTAGE_UNKNOWN)
		return HOLES_UNKNOWN;
	if (!vantage_is_sender(vantage, d) || !l->has_idsn[d] ||
	    conn->bytes[d].of[BYTES_UNMAPPED] ||
	    is_acked(l, d, first_missing(coverage)))
		return HOLES_NOT_CAPTURED;
	for (size_t k = 0; k < conn->n_subflows; k++) {
		int tcp_direction = d ^ tcp[k].stream->flipped;

		if (!whole_stream(t, &tcp[k], (enum direction)tcp_direction))
			return HOLES_NOT_CAPTURED;
	}
	return HOLES_NOT_SENT;
}
