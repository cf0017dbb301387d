/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes by time: rate, goodput, share, flight. */
#include <stdlib.h>

#include "base/mem.h"
#include "plot/draw.h"
#include "plot/walk.h"

enum {
	STEPS = 100 /* about, when the window is not given */
};

/* Bytes of each subflow in steps of time. */
struct steps {
	int64_t begin, width; /* ns */
	size_t n, n_subflows;
	uint64_t *bytes; /* [step * n_subflows + subflow] */
};

/* 1, 2 or 5 times a power of ten, and not below "least". */
static int64_t round_up(int64_t least)
{
	static const int factors[] = { 1, 2, 5 };

	for (int64_t ten = 1;; ten *= 10)
		for (size_t i = 0; i < 3; i++)
			if (ten * factors[i] >= least)
				return ten * factors[i];
}

/* Is the piece of this direction, and of those that count? */
static int counts(const struct plot *p, const struct piece *s, int only_new)
{
	return s->direction == p->direction &&
	       (!only_new || s->byte_class == BYTES_UNIQUE);
}

static void steps_init(struct steps *out, const struct plot *p, int only_new)
{
	const struct ledger *l = p->ledger;
	int64_t begin = INT64_MAX, end = INT64_MIN;

	*out = (struct steps){ .n_subflows = p->conn->n_subflows };
	for (size_t k = 0; k < l->n_pieces; k++) {
		int64_t t = p->trace->packets.time[l->pieces[k].packet];

		if (!counts(p, &l->pieces[k], only_new))
			continue;
		begin = t < begin ? t : begin;
		end = t > end ? t : end;
	}
	if (begin > end)
		return;
	out->begin = begin;
	out->width = p->window ? p->window
			       : round_up((end - begin) / STEPS + 1000000);
	out->n = (size_t)((end - begin) / out->width) + 1;
	out->bytes = mem_calloc(out->n * out->n_subflows, sizeof(*out->bytes));
	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *s = &l->pieces[k];
		int64_t t = p->trace->packets.time[s->packet];
		size_t step = (size_t)((t - begin) / out->width);

		if (counts(p, s, only_new))
			out->bytes[step * out->n_subflows + s->subflow] +=
				s->len;
	}
}

static double step_time(const struct plot *p, const struct steps *s, size_t k)
{
	return plot_time(p, s->begin + (int64_t)k * s->width);
}

static double bits_per_second(const struct steps *s, uint64_t bytes)
{
	return (double)bytes * 8e9 / (double)s->width;
}

static uint64_t step_sum(const struct steps *s, size_t k)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n_subflows; i++)
		sum += s->bytes[k * s->n_subflows + i];
	return sum;
}

static void rate_axis(struct chart *c, const char *what, const struct steps *s)
{
	c->y.unit = CHART_BITRATE;
	c->y.from = 0;
	chart_set_text(&c->y.title, "%s", what);
	chart_set_text(&c->title, "%s, in steps of %g ms", what,
		       (double)s->width / 1e6);
}

int plot_rate(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = NULL;
	struct chart_series *all = NULL;
	struct steps s;

	(void)err;
	steps_init(&s, p, 0);
	rate_axis(c, "Throughput", &s);
	if (s.n_subflows > 1) /* below the subflows: it may be one of them */
		all = chart_add_series(c, CHART_STEP, "connection");
	if (all)
		all->colour = CHART_INK;
	subflow = plot_subflows(p, c, CHART_STEP);
	for (size_t k = 0; s.bytes && k <= s.n; k++) {
		double t = step_time(p, &s, k);

		/* Where the last step ends. */
		for (size_t i = 0; i < s.n_subflows; i++)
			chart_add_point(
				subflow[i], t,
				bits_per_second(
					&s,
					k < s.n ? s.bytes[k * s.n_subflows + i]
						: 0));
		if (all)
			chart_add_point(
				all, t,
				bits_per_second(&s,
						k < s.n ? step_sum(&s, k) : 0));
	}
	free(s.bytes);
	free(subflow);
	return 0;
}

int plot_goodput(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series *late = NULL, *all = NULL;
	struct steps s;
	uint64_t sum = 0;

	(void)err;
	steps_init(&s, p, 1);
	rate_axis(c, "Goodput", &s);
	late = chart_add_series(c, CHART_STEP, "in each step");
	all = chart_add_series(c, CHART_LINE, "since the start");
	all->colour = CHART_INK;
	for (size_t k = 0; k < s.n; k++) {
		uint64_t now = step_sum(&s, k);

		sum += now;
		chart_add_point(late, step_time(p, &s, k),
				bits_per_second(&s, now));
		chart_add_point(all, step_time(p, &s, k + 1),
				bits_per_second(&s, sum) / (double)(k + 1));
	}
	if (s.n)
		chart_add_point(late, step_time(p, &s, s.n), 0);
	free(s.bytes);
	return 0;
}

int plot_share(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = plot_subflows(p, c, CHART_AREA);
	struct steps s;

	(void)err;
	steps_init(&s, p, 0);
	chart_set_text(&c->title, "Share of the bytes, in steps of %g ms",
		       (double)s.width / 1e6);
	chart_set_text(&c->y.title, "Share");
	c->y.unit = CHART_PERCENT;
	c->y.from = 0;
	c->y.to = 100;
	for (size_t k = 0; k < s.n; k++) {
		double sum = (double)step_sum(&s, k), below = 0;
		double t = step_time(p, &s, k);

		for (size_t i = 0; i < s.n_subflows; i++) {
			double part = (double)s.bytes[k * s.n_subflows + i];
			double share = sum > 0 ? 100 * part / sum : NAN;

			chart_add_range(subflow[i], t, below, below + share);
			below += share;
		}
	}
	for (size_t i = 0; s.n && i < s.n_subflows; i++)
		chart_add_range(subflow[i], step_time(p, &s, s.n), NAN, NAN);
	free(s.bytes);
	free(subflow);
	return 0;
}

/* Of one subflow, by the acknowledgments of TCP. */
static void subflow_flight(const struct plot *p, const struct stream *s,
			   struct chart_series *line)
{
	const struct packets *t = &p->trace->packets;
	int d = p->direction ^ s->flipped;
	struct walk w;

	walk_init(&w, s, d);
	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = p->trace->order[s->first + k];
		int64_t at = 0;

		if (t->flags[i] & TCP_RST)
			continue;
		if (walk_direction(t, i) == d) {
			at = unwrap_next(&w.sent, t->seq[i]) + t->len[i] +
			     !!(t->flags[i] & (TCP_SYN | TCP_FIN));
			w.high = at > w.high ? at : w.high;
		} else if (walk_ack(&w, t, i, &at)) {
			w.ack = at > w.ack ? at : w.ack;
		}
		if (w.high != INT64_MIN && w.ack != INT64_MIN)
			chart_add_point(
				line, plot_time(p, t->time[i]),
				w.high > w.ack ? (double)(w.high - w.ack) : 0);
	}
}

/* Data sent and not yet acknowledged, and what may be sent. */
int plot_flight(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = plot_subflows(p, c, CHART_STEP);
	struct chart_series *flight =
		chart_add_series(c, CHART_STEP, "data, by DATA_ACK");
	struct chart_series *window =
		chart_add_series(c, CHART_STEP, "receive window");
	const struct ledger *l = p->ledger;
	int64_t high = INT64_MIN, ack = INT64_MIN, edge = INT64_MIN;
	size_t k = 0;

	(void)err;
	flight->colour = CHART_INK;
	window->colour = CHART_MUTED;
	for (size_t n = 0; n < p->conn->n_subflows; n++)
		subflow_flight(p, &p->trace->streams[p->conn->subflows[n]],
			       subflow[n]);
	free(subflow);
	chart_set_text(&c->title, "Data in flight");
	chart_set_text(&c->y.title, "Not yet acknowledged");
	c->y.unit = CHART_BYTES;
	c->y.from = 0;
	for (size_t i = 0; i < l->n_pieces || k < l->n_acks;) {
		int is_ack = i == l->n_pieces ||
			     (k < l->n_acks &&
			      l->acks[k].packet < l->pieces[i].packet);
		uint32_t packet =
			is_ack ? l->acks[k].packet : l->pieces[i].packet;
		double t = plot_time(p, p->trace->packets.time[packet]);

		if (is_ack && l->acks[k].direction == p->direction) {
			ack = l->acks[k].ack > ack ? l->acks[k].ack : ack;
			if (l->acks[k].edge > edge)
				edge = l->acks[k].edge;
			if (edge != INT64_MIN)
				chart_add_point(
					window, t,
					edge > ack ? (double)(edge - ack) : 0);
		} else if (!is_ack && l->pieces[i].direction == p->direction &&
			   l->pieces[i].x != LEDGER_UNKNOWN &&
			   l->pieces[i].x + l->pieces[i].len > high) {
			high = l->pieces[i].x + l->pieces[i].len;
		}
		if (high != INT64_MIN && ack != INT64_MIN)
			chart_add_point(flight, t,
					high > ack ? (double)(high - ack) : 0);
		if (is_ack)
			k++;
		else
			i++;
	}
	return 0;
}
