/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of sequence numbers over time: dsn, seq, ack. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/tcpopt.h"
#include "plot/draw.h"
#include "plot/ends.h"
#include "plot/stream_walk.h"

/* Series in addition to those of the subflows. */
struct repeats {
	/* NULL: part of the subflow's series */
	struct chart_series *of[BYTE_CLASSES];
	struct chart_series *lost; /* created when needed */
};

/* With two captures: packets that did not arrive. */
static void add_lost(struct chart *c, struct chart_series **lost, double t,
		     double y)
{
	if (!*lost) {
		*lost = chart_add_series(c, CHART_POINTS, "lost on the way");
		/* in all plots, and used for nothing else */
		(*lost)->marker = CHART_CROSS;
		(*lost)->colour = CHART_INK;
	}
	chart_add_point(*lost, t, y);
}

/*
 * Series that differ from those of subflows: for the connection; or for a
 * stream, data that is new to TCP.
 */
static void add_repeats(const struct plot *p, struct chart *c,
			struct repeats *r)
{
	static const struct {
		enum byte_class byte_class;
		const char *name;
		enum chart_marker marker;
	} kinds[] = {
		{ BYTES_TCP_RETRANSMITTED, "retransmitted by TCP",
		  CHART_TRIANGLE_DOWN },
		{ BYTES_MPTCP_REPEATED, "repeated by MPTCP", CHART_PLUS },
		{ BYTES_REINJECTED, "reinjected", CHART_TRIANGLE },
	};

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		enum byte_class b = kinds[i].byte_class;

		const struct byte_counts *bytes =
			p->stream ? &p->stream->bytes[p->direction]
				  : &p->conn->bytes[p->direction];

		if (!bytes->of[b] ||
		    (p->stream && b == BYTES_TCP_RETRANSMITTED))
			continue;
		r->of[b] = chart_add_series(c, CHART_POINTS, kinds[i].name);
		r->of[b]->marker = kinds[i].marker;
		r->of[b]->colour = CHART_ACCENT;
		r->of[b]->hollow = kinds[i].marker != CHART_PLUS;
	}
}

static void add_acks(const struct plot *p, struct chart *c)
{
	struct chart_series *ack = chart_add_series(c, CHART_STEP, "DATA_ACK");
	struct chart_series *edge =
		chart_add_series(c, CHART_STEP, "receive window");
	int64_t high = INT64_MIN, end = INT64_MIN;

	ack->colour = CHART_WHOLE;
	edge->colour = CHART_MUTED;
	for (size_t k = 0; k < p->ledger->n_acks; k++) {
		const struct data_ack *a = &p->ledger->acks[k];
		double t = plot_time(p, p->trace->packets.time[a->packet]);

		int64_t window = ledger_window_edge(p->trace, a);

		if (a->direction != p->direction)
			continue;
		if (a->ack > high)
			chart_add_point(ack, t, (double)(high = a->ack));
		if (window != LEDGER_UNKNOWN && window > end)
			chart_add_point(edge, t, (double)(end = window));
	}
}

static int set_data_axis(const struct plot *p, struct chart *c,
			 struct error *err)
{
	const struct conn_side *side = &p->conn->side[p->direction];

	c->y.unit = CHART_BYTES;
	chart_set_text(&c->y.title, "Data sequence");
	if (!p->raw)
		return 0;
	if (!side->has_idsn || !p->ledger->has_idsn[p->direction])
		return error_set(err, EXIT_INPUT,
				 "'%s': the initial data sequence number was "
				 "not captured, so --raw cannot be drawn",
				 p->trace->info.path);
	c->y.unit = CHART_RAW64;
	c->y.origin = side->idsn;
	return 0;
}

int plot_dsn(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = NULL;
	struct repeats repeats;
	uint8_t *fate = ends_fates(p);

	if (set_data_axis(p, c, err) < 0) {
		free(fate);
		return -1;
	}
	chart_set_text(&c->title, "Data sequence");
	/* below the data, with which they coincide at the receiver */
	add_acks(p, c);
	subflow = plot_subflows(p, c, CHART_SEGMENTS);
	add_repeats(p, c, &repeats);
	for (size_t k = 0; k < p->ledger->n_pieces; k++) {
		const struct piece *s = &p->ledger->pieces[k];
		double t = plot_time(p, p->trace->packets.time[s->packet]);
		struct chart_series *again = repeats.of[s->byte_class];

		if (s->direction != p->direction || s->dsn == LEDGER_UNKNOWN)
			continue;
		if (again)
			chart_add_point(again, t,
					(double)s->dsn + s->len / 2.0);
		else
			chart_add_range(subflow[s->subflow], t, (double)s->dsn,
					(double)(s->dsn + s->len));
		if (fate && fate[s->packet] == MATCH_LOST)
			add_lost(c, &repeats.lost, t,
				 (double)s->dsn + s->len / 2.0);
	}
	plot_events(p, c);
	free(subflow);
	free(fate);
	return 0;
}

/* The series for one TCP stream. */
struct sequence_chart {
	struct chart_series *data, *again, *ack, *edge, *sacked;
	struct chart_series *lost; /* created when needed */
	struct stream_walk w;
};

/* Blocks that arrived out of order; a D-SACK (RFC 2883) is below ACK. */
static void seq_sacks(struct sequence_chart *q, const struct plot *p,
		      uint32_t i)
{
	const struct packets *t = &p->trace->packets;
	const struct unwrap *sent = &q->w.sent;
	struct tcp_options o;

	packets_tcpopt(t, i, &o);
	for (size_t k = 0; k < o.n_sack; k++) {
		int64_t end[2];

		for (int e = 0; e < 2; e++)
			end[e] = (int64_t)unwrap_nearest((uint64_t)sent->last,
							 o.sack[k][e] -
								 sent->base);
		chart_add_range(q->sacked, plot_time(p, t->time[i]),
				(double)end[0], (double)end[1]);
	}
}

static void seq_ack(struct sequence_chart *q, const struct plot *p, uint32_t i)
{
	const struct packets *t = &p->trace->packets;
	int shift = t->flags[i] & TCP_SYN ? 0 : q->w.shift;
	int64_t at = 0, end = 0;

	if (!stream_walk_ack(&q->w, t, i, &at))
		return;
	if (at > q->w.ack)
		chart_add_point(q->ack, plot_time(p, t->time[i]),
				(double)(q->w.ack = at));
	seq_sacks(q, p, i);
	if (shift < 0)
		return;
	end = at + ((int64_t)t->window[i] << shift);
	if (end > q->w.edge)
		chart_add_point(q->edge, plot_time(p, t->time[i]),
				(double)(q->w.edge = end));
}

static void seq_data(struct sequence_chart *q, const struct plot *p, uint32_t i,
		     int lost, struct chart *c)
{
	const struct packets *t = &p->trace->packets;
	double time = plot_time(p, t->time[i]);
	int64_t at = 0, end = 0;

	if (t->flags[i] & TCP_RST)
		return;
	at = unwrap_next(&q->w.sent, t->seq[i]);
	end = at + t->len[i];
	if (!t->len[i])
		return;
	if (end <= q->w.high)
		chart_add_point(q->again, time, (double)(at + end) / 2);
	else
		chart_add_range(q->data, time, (double)at, (double)end);
	if (lost)
		add_lost(c, &q->lost, time, (double)(at + end) / 2);
	if (end > q->w.high)
		q->w.high = end;
}

/* Data that MPTCP sent again on this subflow: new to TCP. */
static void seq_repeats(const struct plot *p, struct chart *c)
{
	struct repeats repeats;

	if (!p->conn ||
	    !p->stream->side[p->direction ^ p->stream->flipped].has_isn)
		return;
	add_repeats(p, c, &repeats);
	for (size_t k = 0; k < p->ledger->n_pieces; k++) {
		const struct piece *s = &p->ledger->pieces[k];
		struct chart_series *again = repeats.of[s->byte_class];

		if (again && s->direction == p->direction &&
		    s->subflow == p->stream->position)
			chart_add_point(
				again,
				plot_time(p, p->trace->packets.time[s->packet]),
				(double)s->ssn + s->len / 2.0);
	}
}

static void seq_series(const struct plot *p, struct chart *c,
		       struct sequence_chart *q)
{
	int d = p->direction ^ p->stream->flipped;
	char *name = plot_stream_name(p, p->stream, p->direction);

	*q = (struct sequence_chart){ .data = NULL };
	q->ack = chart_add_series(c, CHART_STEP, "ACK");
	q->edge = chart_add_series(c, CHART_STEP, "receive window");
	q->sacked = chart_add_series(c, CHART_SEGMENTS, "SACK");
	q->data = chart_add_series(c, CHART_SEGMENTS, name);
	q->again = chart_add_series(c, CHART_POINTS, "sent again");
	q->ack->colour = CHART_INK;
	q->edge->colour = CHART_MUTED;
	q->sacked->colour = CHART_MUTED;
	q->sacked->weight = 0.6;
	q->data->brief = plot_stream_label(p, p->stream);
	q->data->colour = p->conn ? plot_colour(p, p->stream->position) : 0;
	q->again->colour = CHART_ACCENT;
	q->again->marker = CHART_TRIANGLE_DOWN;
	q->again->hollow = true;
	stream_walk_init(&q->w, p->stream, d);
	free(name);
}

int plot_seq(const struct plot *p, struct chart *c, struct error *err)
{
	const struct stream *s = p->stream;
	const struct packets *t = &p->trace->packets;
	int d = p->direction ^ s->flipped;
	uint8_t *fate = ends_fates(p);
	struct sequence_chart q;

	(void)err;
	chart_set_text(&c->title, "TCP sequence numbers");
	chart_set_text(&c->y.title, "Sequence number");
	c->y.unit = CHART_BYTES;
	seq_series(p, c, &q);
	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = p->trace->order[s->first + k];

		if (stream_walk_direction(t, i) != d)
			seq_ack(&q, p, i);
		else
			seq_data(&q, p, i, fate && fate[i] == MATCH_LOST, c);
	}
	if (p->raw) {
		c->y.unit = CHART_RAW32;
		c->y.origin = q.w.sent.base; /* the ISN, if it is known */
	}
	seq_repeats(p, c);
	if (p->conn)
		plot_events(p, c);
	free(fate);
	return 0;
}

/* By how much each DATA_ACK advances. */
static void add_data_acks(const struct plot *p, struct chart *c)
{
	struct chart_series *line =
		chart_add_series(c, CHART_POINTS, "data, by DATA_ACK");
	int64_t high = INT64_MIN;

	line->colour = CHART_INK;
	line->marker = CHART_PLUS;
	line->weight = 0.7;
	for (size_t k = 0; k < p->ledger->n_acks; k++) {
		const struct data_ack *a = &p->ledger->acks[k];

		if (a->direction != p->direction || a->ack <= high)
			continue;
		if (high != INT64_MIN)
			chart_add_point(
				line,
				plot_time(p, p->trace->packets.time[a->packet]),
				(double)(a->ack - high));
		high = a->ack;
	}
}

int plot_ack(const struct plot *p, struct chart *c, struct error *err)
{
	const struct packets *t = &p->trace->packets;
	struct chart_series **subflow = plot_subflows(p, c, CHART_POINTS);

	(void)err;
	chart_set_text(&c->title, "Bytes per acknowledgment");
	chart_set_text(&c->y.title, "Newly acknowledged");
	c->y.unit = CHART_BYTES;
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(p->trace, p->conn, k);
		int d = p->direction ^ s->flipped;
		struct stream_walk w;

		stream_walk_init(&w, s, d);
		for (size_t j = 0; j < s->n; j++) {
			uint32_t i = p->trace->order[s->first + j];
			int64_t at = 0;

			if (stream_walk_direction(t, i) == d) {
				if (!(t->flags[i] & TCP_RST))
					unwrap_next(&w.sent, t->seq[i]);
				continue;
			}
			if (!stream_walk_ack(&w, t, i, &at) || at <= w.ack)
				continue;
			if (w.ack != INT64_MIN)
				chart_add_point(subflow[k],
						plot_time(p, t->time[i]),
						(double)(at - w.ack));
			w.ack = at;
		}
	}
	if (!p->ledger->plain)
		add_data_acks(p, c);
	free(subflow);
	return 0;
}
