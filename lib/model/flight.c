/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/flight.h"

int64_t flight_patience(int64_t rtt)
{
	const int64_t time = FLIGHT_RTTS * rtt;

	return time < FLIGHT_STALL ? FLIGHT_STALL : time;
}

void flight_start(struct flight *f, uint32_t isn)
{
	unwrap_start(&f->sent, isn);
}

static void begin_silence(struct flight *f, const struct packets *p, uint32_t i)
{
	if (f->silent || f->dead || !flight_is_up(f))
		return;
	f->silent = true;
	f->since = p->time[i];
	f->since_packet = i;
}

static void end_silence(struct flight *f, int64_t time, struct silence *ended)
{
	*ended = (struct silence){ 0, 0, 0, 0 };
	if (!f->silent)
		return;
	f->silent = false;
	*ended = (struct silence){ .from = f->since,
				   .to = time,
				   .since = f->since_packet,
				   .bytes = (uint64_t)(f->high - f->ack) };
}

bool flight_reads_ack(struct flight *f, const struct packets *p, uint32_t i,
		      int64_t *ack)
{
	if ((p->flags[i] & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return false;
	f->answered = true;
	if ((p->flags[i] & TCP_SYN) || !f->sent.started)
		return false;
	*ack = (int64_t)unwrap_nearest((uint64_t)f->sent.last,
				       p->ack[i] - f->sent.base);
	return true;
}

bool flight_raise(struct flight *f, const struct packets *p, uint32_t i,
		  int64_t ack, struct silence *ended)
{
	*ended = (struct silence){ 0, 0, 0, 0 };
	if (f->has_ack && ack <= f->ack)
		return false;
	end_silence(f, p->time[i], ended);
	f->has_ack = true;
	f->ack = ack;
	begin_silence(f, p, i);
	return true;
}

int64_t flight_send(struct flight *f, const struct packets *p, uint32_t i)
{
	const int64_t from =
		unwrap_next(&f->sent, p->seq[i]) + !!(p->flags[i] & TCP_SYN);
	const int64_t end = from + p->len[i];

	if (!f->has_sent && !f->has_ack)
		f->ack = from;
	if (!f->has_sent || end > f->high)
		f->high = end;
	f->has_sent = true;
	begin_silence(f, p, i);
	return from;
}

void flight_end(struct flight *f, int64_t time, struct silence *ended)
{
	end_silence(f, time, ended);
	f->dead = true;
}
