/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/stream_walk.h"

#include "model/streams.h"

void stream_walk_init(struct stream_walk *w, const struct stream *s, int d)
{
	*w = (struct stream_walk){ .high = INT64_MIN,
				   .ack = INT64_MIN,
				   .edge = INT64_MIN,
				   .shift = stream_window_shift(s, !d) };
	if (s->side[d].has_isn)
		unwrap_start(&w->sent, s->side[d].isn);
}

int stream_walk_ack(const struct stream_walk *w, const struct packets *t,
		    uint32_t i, int64_t *ack)
{
	if (!w->sent.started || (t->flags[i] & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return 0;
	*ack = (int64_t)unwrap_nearest((uint64_t)w->sent.last,
				       t->ack[i] - w->sent.base);
	return 1;
}

int stream_walk_direction(const struct packets *t, uint32_t i)
{
	return t->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
}
