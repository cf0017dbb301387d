/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/limit_periods.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/arrival.h"
#include "model/flight.h"
#include "model/streams.h"

#define NEVER INT64_MIN

/* The state of a subflow while packets are processed. */
struct limit_watch {
	struct flight flight;
	uint32_t opening; /* packet from which on it is usable */
	bool open;
	bool fin[2];	    /* by sender */
	int64_t idle_since; /* NEVER: it is not open, or has data in flight */
	/* NEVER: it has no data in flight, or not everything is acknowledged */
	int64_t late_since;
	bool has_data;
	int64_t data_end; /* end of the data that it sent */
};

/* The state of the data while packets are processed. */
struct limit_reading {
	struct limit_periods *out;
	const struct limits_input *in;
	const struct packets *packets;
	struct limit_watch *watches;
	bool heard; /* the receiver sent packets after its SYNs */
	bool has_sent, has_ack, has_window, unscaled;
	bool is_partial;   /* acknowledged data is missing in the capture, or
			      options that may acknowledge it are truncated */
	int64_t sent, ack; /* highest */
	int64_t sent_at;   /* when "sent" increased */
	int64_t new_at;	   /* when new data was sent */
	int64_t acked_at;  /* when "ack" increased; NEVER */
	int64_t gap_since; /* NEVER: nothing is outstanding */
};

static void add_period(struct limit_period_list *list, int64_t from, int64_t to)
{
	*MEM_PUSH(list->items, list->n, list->cap) =
		(struct limit_period){ from, to };
}

static void change(struct limit_reading *r, uint32_t packet, size_t subflow,
		   enum limit_change_kind kind)
{
	struct limit_periods *out = r->out;

	*MEM_PUSH(out->changes, out->n_changes, out->cap_changes) =
		(struct limit_change){ .packet = packet,
				       .subflow = (uint32_t)subflow,
				       .kind = kind };
}

/* Subflows: idle, late and stalled periods. */

static bool is_all_acked(const struct limit_reading *r)
{
	return r->has_sent && r->has_ack && r->sent <= r->ack;
}

/* Call after everything that may change the state. */
static void judge_late(struct limit_reading *r, size_t k, int64_t time)
{
	struct limit_watch *w = &r->watches[k];
	const bool late = is_all_acked(r) && flight_is_up(&w->flight);

	if (late && w->late_since == NEVER)
		w->late_since = time;
	if (late || w->late_since == NEVER)
		return;
	add_period(&r->out->flows[k].late, w->late_since, time);
	w->late_since = NEVER;
}

static void judge_all_late(struct limit_reading *r, int64_t time)
{
	for (size_t k = 0; k < r->out->n_flows; k++)
		judge_late(r, k, time);
}

static void end_idle(struct limit_reading *r, size_t k, int64_t time)
{
	struct limit_flow *f = &r->out->flows[k];
	struct limit_watch *w = &r->watches[k];

	if (f->rtt && w->idle_since != NEVER && time - w->idle_since > f->rtt)
		add_period(&f->idle, w->idle_since + f->rtt, time);
	w->idle_since = NEVER;
}

static void begin_idle(struct limit_watch *w, int64_t time)
{
	if (w->open && w->idle_since == NEVER && !flight_is_up(&w->flight))
		w->idle_since = time;
}

static void take_silence(struct limit_reading *r, size_t k,
			 const struct silence *silence)
{
	struct limit_flow *f = &r->out->flows[k];

	if (r->watches[k].flight.answered &&
	    silence->to - silence->from > flight_patience(f->rtt))
		add_period(&f->stalled, silence->from, silence->to);
}

static void open_flow(struct limit_reading *r, size_t k, uint32_t packet)
{
	struct limit_watch *w = &r->watches[k];

	if (w->open)
		return;
	w->open = true;
	change(r, packet, k, LIMIT_OPENED);
	begin_idle(w, r->packets->time[packet]);
}

static void close_flow(struct limit_reading *r, size_t k, uint32_t packet)
{
	struct limit_watch *w = &r->watches[k];

	end_idle(r, k, r->packets->time[packet]);
	if (w->open)
		change(r, packet, k, LIMIT_CLOSED);
	w->open = false;
}

/* A subflow that was reset, or closed by both ends, is unusable. */
static void take_end(struct limit_reading *r, size_t k, uint32_t i)
{
	struct limit_watch *w = &r->watches[k];
	struct silence ended;

	if (r->packets->flags[i] & TCP_FIN)
		w->fin[!!(r->packets->mark[i] & PACKET_REVERSE)] = true;
	if (r->packets->flags[i] & TCP_RST) {
		flight_end(&w->flight, r->packets->time[i], &ended);
		take_silence(r, k, &ended);
	}
	if ((r->packets->flags[i] & TCP_RST) || (w->fin[0] && w->fin[1]))
		close_flow(r, k, i);
}

static void take_flow_ack(struct limit_reading *r, size_t k, uint32_t i)
{
	struct limit_watch *w = &r->watches[k];
	struct silence ended;
	int64_t ack = 0;

	if (!flight_reads_ack(&w->flight, r->packets, i, &ack))
		return;
	r->heard |= !(r->packets->flags[i] & TCP_SYN);
	if (flight_raise(&w->flight, r->packets, i, ack, &ended))
		take_silence(r, k, &ended);
	begin_idle(w, r->packets->time[i]);
	judge_late(r, k, r->packets->time[i]);
}

static void take_flow_data(struct limit_reading *r, size_t k, uint32_t i)
{
	struct limit_watch *w = &r->watches[k];

	flight_send(&w->flight, r->packets, i);
	if (flight_is_up(&w->flight))
		end_idle(r, k, r->packets->time[i]);
	judge_late(r, k, r->packets->time[i]);
}

static void take_packet(struct limit_reading *r, uint32_t i)
{
	const struct packets *p = r->packets;
	const struct stream *s = &r->in->trace->streams[p->stream[i]];
	const size_t k = s->position;

	r->is_partial |= !!(p->mark[i] & PACKET_OPTIONS_CUT);
	if (p->flags[i] & TCP_SYN)
		r->watches[k].flight.dead = false;
	if (i == r->watches[k].opening)
		open_flow(r, k, i);
	if (ledger_direction(r->in->trace, i) != r->in->direction)
		take_flow_ack(r, k, i);
	else if (p->len[i])
		take_flow_data(r, k, i);
	if (p->flags[i] & (TCP_FIN | TCP_RST))
		take_end(r, k, i);
}

/* Data: waits and gaps. */

static void end_gap(struct limit_reading *r, int64_t time)
{
	if (r->gap_since != NEVER && time - r->gap_since > LIMIT_GAP)
		add_period(&r->out->gaps, r->gap_since, time);
	r->gap_since = NEVER;
}

static void begin_gap(struct limit_reading *r, int64_t time)
{
	if (r->gap_since == NEVER && r->has_sent && r->has_ack &&
	    r->sent > r->ack)
		r->gap_since = time;
}

static void note_takeover(struct limit_reading *r, const struct piece *piece)
{
	struct limit_periods *out = r->out;
	struct limit_watch *w = &r->watches[piece->subflow];
	const int64_t end = piece->dsn + piece->len;

	if (w->has_data && end <= w->data_end)
		*MEM_PUSH(out->taken_over, out->n_taken_over,
			  out->cap_taken_over) = piece->packet;
	if (!w->has_data || end > w->data_end)
		w->data_end = end;
	w->has_data = true;
}

static void take_data(struct limit_reading *r, const struct piece *piece,
		      int64_t time)
{
	const int64_t end = piece->dsn + piece->len;

	if (piece->dsn == LEDGER_UNKNOWN)
		return;
	if (piece->byte_class == BYTES_UNIQUE) {
		r->new_at = time;
		note_takeover(r, piece);
	}
	if (r->has_sent && end <= r->sent)
		return;
	if (r->has_sent && time - r->sent_at > r->out->least_rtt &&
	    r->acked_at != NEVER && time - r->acked_at <= LIMIT_SOON)
		add_period(&r->out->waits, r->sent_at, time);
	r->sent = end;
	r->sent_at = time;
	r->has_sent = true;
	begin_gap(r, time);
	judge_all_late(r, time);
}

static void take_data_ack(struct limit_reading *r, const struct data_ack *ack,
			  int64_t time)
{
	const struct packets *p = r->packets;
	const struct stream *s = &r->in->trace->streams[p->stream[ack->packet]];
	const bool syn = p->flags[ack->packet] & TCP_SYN;

	/* A DATA_FIN takes one number. */
	r->is_partial |= r->has_sent && ack->ack > r->sent + 1;
	r->unscaled |= !syn && r->out->flows[s->position].shift < 0;
	r->has_window |= !syn && r->out->flows[s->position].shift >= 0;
	if (r->has_ack && ack->ack <= r->ack)
		return;
	end_gap(r, time);
	if (r->has_sent && ack->ack >= r->sent &&
	    (!r->has_ack || r->ack < r->sent) &&
	    time - r->sent_at > r->out->least_rtt)
		add_period(&r->out->spare, r->sent_at, time);
	r->ack = ack->ack;
	r->has_ack = true;
	r->acked_at = time;
	begin_gap(r, time);
	judge_all_late(r, time);
}

/* Initialise: what is known of the subflows. */

/*
 * The packet from which on a subflow can be used: the first one after the
 * SYN/ACK by the host that opened it, if the handshake was captured;
 * LEDGER_NO_PACKET: none.
 */
static uint32_t opening_packet(const struct trace *t, const struct stream *s)
{
	const struct packets *p = &t->packets;
	bool answered = false;

	if (!s->side[TO_SERVER].has_syn)
		return t->order[s->first];
	for (size_t n = 0; n < s->n; n++) {
		const uint32_t i = t->order[s->first + n];
		const bool reverse = p->mark[i] & PACKET_REVERSE;

		if (!reverse && answered &&
		    !(p->flags[i] & (TCP_SYN | TCP_RST)))
			return i;
		answered |= reverse && !(p->flags[i] & TCP_RST);
	}
	return LEDGER_NO_PACKET;
}

/* The shortest known round-trip time. */
static void find_least_rtt(struct limit_periods *out)
{
	for (size_t k = 0; k < out->n_flows; k++)
		if (out->flows[k].rtt &&
		    (!out->least_rtt || out->flows[k].rtt < out->least_rtt))
			out->least_rtt = out->flows[k].rtt;
}

static void start_flows(struct limit_reading *r)
{
	const struct limits_input *in = r->in;

	for (size_t k = 0; k < r->out->n_flows; k++) {
		const struct stream *s = trace_subflow(in->trace, in->conn, k);
		const int d = in->direction ^ s->flipped;

		r->out->flows[k].rtt =
			rtt_typical(&in->tcp[k].direction[d].rtt);
		r->out->flows[k].shift =
			stream_window_shift(s, (enum direction) !d);
		r->watches[k].idle_since = r->watches[k].late_since = NEVER;
		r->watches[k].opening = opening_packet(in->trace, s);
		if (s->side[d].has_isn)
			flight_start(&r->watches[k].flight, s->side[d].isn);
	}
	find_least_rtt(r->out);
}

static void end_flows(struct limit_reading *r)
{
	for (size_t k = 0; k < r->out->n_flows; k++) {
		struct silence ended;

		end_idle(r, k, r->out->to);
		if (r->watches[k].late_since != NEVER)
			add_period(&r->out->flows[k].late,
				   r->watches[k].late_since, r->out->to);
		flight_end(&r->watches[k].flight, r->in->conn->last_time,
			   &ended);
		take_silence(r, k, &ended);
	}
}

static int by_packet(const void *x, const void *y)
{
	const struct limit_change *a = x, *b = y;

	return COMPARE(a->packet, b->packet) ?: COMPARE(a->kind, b->kind);
}

static void add_wishes(struct limit_reading *r)
{
	const struct ledger *l = r->in->ledger;
	struct limit_periods *out = r->out;

	for (size_t i = 0; i < l->n_priorities; i++) {
		const struct priority *p = &l->priorities[i];

		*MEM_PUSH(out->changes, out->n_changes, out->cap_changes) =
			(struct limit_change){ .packet = p->packet,
					       .subflow = p->subflow,
					       .kind = LIMIT_WISH,
					       .server = p->server,
					       .on = p->backup };
	}
	SORT(out->changes, out->n_changes, by_packet);
}

/* What is sent after the connection was aborted does not count. */
static void stop_at_abort(struct limit_periods *out,
			  const struct limits_input *in)
{
	const uint32_t abort = arrival_end(in->trace, in->conn, in->direction);
	int64_t time = INT64_MAX;

	if (abort != LEDGER_NO_PACKET)
		time = in->trace->packets.time[abort];
	if (time < out->to)
		out->to = time > out->from ? time : out->from;
}

/* Find the first and the last packet with payload. */
static bool find_ends(struct limit_periods *out, const struct limits_input *in)
{
	bool found = false;

	for (size_t k = 0; k < in->conn->n_subflows; k++) {
		const struct stream *s = in->tcp[k].stream;
		const struct period *data =
			&in->tcp[k].direction[in->direction ^ s->flipped].data;

		if (!data->known)
			continue;
		if (!found || data->from < out->from)
			out->from = data->from;
		if (!found || data->to > out->to)
			out->to = data->to;
		found = true;
	}
	if (found)
		stop_at_abort(out, in);
	return found;
}

static void read_packets(struct limit_reading *r)
{
	const struct ledger *l = r->in->ledger;
	const enum direction d = r->in->direction;
	size_t piece = 0, ack = 0;

	for (size_t j = 0; j < l->n_packets; j++) {
		const uint32_t i = l->packets[j];
		const int64_t time = r->packets->time[i];

		take_packet(r, i);
		for (; ack < l->n_acks && l->acks[ack].packet <= i; ack++)
			if (l->acks[ack].direction == d)
				take_data_ack(r, &l->acks[ack], time);
		for (; piece < l->n_pieces && l->pieces[piece].packet <= i;
		     piece++)
			if (l->pieces[piece].direction == d)
				take_data(r, &l->pieces[piece], time);
	}
	end_gap(r, r->out->to);
	if (r->has_sent && r->new_at - r->sent_at > r->out->least_rtt)
		add_period(&r->out->waits, r->sent_at, r->new_at);
	end_flows(r);
	add_wishes(r);
}

bool limit_periods_find(struct limit_periods *out,
			const struct limits_input *in)
{
	struct limit_reading r = { .out = out,
				   .in = in,
				   .packets = &in->trace->packets,
				   .acked_at = NEVER,
				   .gap_since = NEVER };

	*out = (struct limit_periods){ .n_flows = in->conn->n_subflows };
	if (!find_ends(out, in))
		return false;
	out->flows = mem_calloc(out->n_flows + 1, sizeof(*out->flows));
	r.watches = mem_calloc(out->n_flows + 1, sizeof(*r.watches));
	if (in->ledger->has_idsn[in->direction]) {
		r.has_ack = true;
		r.ack = 1;
	}
	start_flows(&r);
	read_packets(&r);
	free(r.watches);
	if (r.heard && r.has_sent && r.has_window && !r.unscaled &&
	    !r.is_partial)
		return true;
	limit_periods_release(out);
	return false;
}

void limit_periods_release(struct limit_periods *p)
{
	for (size_t k = 0; k < p->n_flows; k++) {
		free(p->flows[k].idle.items);
		free(p->flows[k].stalled.items);
		free(p->flows[k].late.items);
	}
	free(p->flows);
	free(p->changes);
	free(p->waits.items);
	free(p->spare.items);
	free(p->taken_over);
	free(p->gaps.items);
	*p = (struct limit_periods){ .n_flows = 0 };
}
