/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/busy.h"

#include "model/unwrap.h"

/* The state of one side while packets are processed. */
struct way {
	struct periods *out;
	struct unwrap unwrap;
	bool started; /* there was payload: */
	int64_t from, to;
	int64_t high;  /* end of the payload sent so far */
	int64_t acked; /* the highest acknowledgment, if has_ack */
	bool has_ack;
};

static void take_sent(struct way *w, const struct packets *p, size_t i)
{
	const int64_t at =
		unwrap_next(&w->unwrap, p->seq[i]) + !!(p->flags[i] & TCP_SYN);
	const int64_t time = p->time[i];
	bool idle = false;

	if (!p->len[i])
		return;
	/* periods_add() merges periods that are at most a second apart. */
	idle = !w->started || (w->has_ack && w->acked >= w->high);
	if (idle && w->started)
		periods_add(w->out, w->from, w->to);
	if (idle)
		w->from = time;
	if (!w->started || at + p->len[i] > w->high)
		w->high = at + p->len[i];
	w->started = true;
	w->to = time;
}

/* Packet i acknowledges data of this direction. */
static void take_ack(struct way *w, const struct packets *p, size_t i)
{
	struct unwrap u = w->unwrap;
	int64_t ack = 0;

	if (!(p->flags[i] & TCP_ACK) || (p->flags[i] & TCP_RST) || !u.started)
		return;
	ack = unwrap_next(&u, p->ack[i]);
	if (!w->has_ack || ack > w->acked)
		w->acked = ack;
	w->has_ack = true;
}

void busy_find(const struct trace *t, const struct stream *s,
	       struct periods out[2])
{
	const struct packets *p = &t->packets;
	struct way way[2] = { { .out = &out[0] }, { .out = &out[1] } };

	for (size_t k = 0; k < s->n; k++) {
		const size_t i = t->order[s->first + k];
		const size_t d = (p->mark[i] & PACKET_REVERSE) != 0;

		take_ack(&way[!d], p, i);
		take_sent(&way[d], p, i);
	}
	for (size_t d = 0; d < 2; d++)
		if (way[d].started)
			periods_add(&out[d], way[d].from, way[d].to);
}
