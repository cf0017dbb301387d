/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plot "flight": data in flight. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pair/usefulness.h"
#include "plot/draw.h"
#include "plot/ends.h"
#include "plot/stream_walk.h"

/* For one subflow, by TCP's acknowledgments. */
static void subflow_flight(const struct plot *p, const struct stream *s,
			   struct chart_series *line)
{
	const struct packets *t = &p->trace->packets;
	int d = p->direction ^ s->flipped;
	struct stream_walk w;

	stream_walk_init(&w, s, d);
	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = p->trace->order[s->first + k];
		int64_t at = 0;

		if (t->flags[i] & TCP_RST)
			continue;
		if (stream_walk_direction(t, i) == d) {
			at = unwrap_next(&w.sent, t->seq[i]) + t->len[i] +
			     !!(t->flags[i] & (TCP_SYN | TCP_FIN));
			w.high = at > w.high ? at : w.high;
		} else if (stream_walk_ack(&w, t, i, &at)) {
			w.ack = at > w.ack ? at : w.ack;
		}
		if (w.high != INT64_MIN && w.ack != INT64_MIN)
			chart_add_point(
				line, plot_time(p, t->time[i]),
				w.high > w.ack ? (double)(w.high - w.ack) : 0);
	}
}

struct chart_series **plot_subflow_flights(const struct plot *p,
					   struct chart *c)
{
	struct chart_series **subflow = plot_subflows(p, c, CHART_STEP);

	for (size_t k = 0; k < p->conn->n_subflows; k++)
		subflow_flight(p, trace_subflow(p->trace, p->conn, k),
			       subflow[k]);
	return subflow;
}

/* Bytes that were sent, or arrived. */
struct change {
	int64_t time; /* ns, by the clock of the plot */
	int64_t bytes;
};

static int by_time(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	return COMPARE(a->time, b->time);
}

/* Bytes that were sent and will arrive; lost ones are not included. */
static void add_on_the_way(const struct plot *p, struct chart_series *line)
{
	const struct packets *t = &p->trace->packets;
	size_t n = 0, cap = 0;
	struct arrivals arrivals;
	struct change *list = NULL;
	int64_t sum = 0;

	arrivals_find_at(p->pairing, p->end, &arrivals);
	for (size_t k = 0; k < p->ledger->n_packets; k++) {
		uint32_t i = p->ledger->packets[k];

		if (!t->len[i] ||
		    ledger_direction(p->trace, i) != p->direction ||
		    (arrivals.fate[i] != MATCH_MATCHED &&
		     arrivals.fate[i] != MATCH_COALESCED))
			continue;
		*MEM_PUSH(list, n, cap) =
			(struct change){ t->time[i], t->len[i] };
		*MEM_PUSH(list, n, cap) =
			(struct change){ ends_time(p->other, arrivals.time[i]),
					 -(int64_t)t->len[i] };
	}
	arrivals_release(&arrivals);
	SORT(list, n, by_time);
	for (size_t i = 0; i < n; i++) {
		sum += list[i].bytes;
		if (i + 1 == n || list[i + 1].time != list[i].time)
			chart_add_point(line, plot_time(p, list[i].time),
					sum > 0 ? (double)sum : 0);
	}
	free(list);
}

/* Unacknowledged bytes of all subflows together. */
static void add_sum(struct chart_series *const *subflow, size_t n,
		    struct chart_series *sum)
{
	size_t *at = mem_calloc(n + 1, sizeof(*at));
	double total = 0;

	for (;;) {
		size_t next = n;

		for (size_t k = 0; k < n; k++)
			if (at[k] < subflow[k]->n &&
			    (next == n ||
			     subflow[k]->points[at[k]].x <
				     subflow[next]->points[at[next]].x))
				next = k;
		if (next == n)
			break;
		total += subflow[next]->points[at[next]].y;
		if (at[next] > 0)
			total -= subflow[next]->points[at[next] - 1].y;
		chart_add_point(sum, subflow[next]->points[at[next]].x, total);
		at[next]++;
	}
	free(at);
}

static void add_way(const struct plot *p, struct chart *c)
{
	struct chart_series *way =
		chart_add_series(c, CHART_STEP, "not yet arrived");

	way->colour = CHART_ACCENT;
	way->dash = CHART_DASH_DOT;
	add_on_the_way(p, way);
}

/* Data sent and not yet acknowledged, and the receive window. */
int plot_flight(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = NULL;
	struct chart_series *sum = NULL, *flight = NULL, *window = NULL;
	const struct ledger *l = p->ledger;
	int64_t high = INT64_MIN, ack = INT64_MIN, edge = INT64_MIN;
	size_t k = 0;

	if (plot_at_sender(p, err) < 0 ||
	    (p->sockets && plot_sockets(p, err) < 0))
		return -1;
	subflow = plot_subflow_flights(p, c);
	flight = chart_add_series(c, CHART_STEP, "data, by DATA_ACK");
	window = chart_add_series(c, CHART_STEP, "receive window");
	flight->colour = CHART_INK;
	window->colour = CHART_MUTED;
	window->dash = CHART_LONG_DASHED;
	flight->weight = 1.6; /* in print it is black, like the first subflow */
	if (p->conn->n_subflows > 1) {
		sum = chart_add_series(c, CHART_STEP, "sum of the subflows");
		sum->colour = CHART_INK;
		sum->dash = CHART_DOTTED;
		sum->weight = 1.4;
		add_sum(subflow, p->conn->n_subflows, sum);
	}
	if (p->other)
		add_way(p, c);
	if (p->sockets)
		plot_kernel_windows(p, c);
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
			if (ledger_window_edge(p->trace, &l->acks[k]) > edge)
				edge = ledger_window_edge(p->trace,
							  &l->acks[k]);
			if (edge != INT64_MIN)
				chart_add_point(
					window, t,
					edge > ack ? (double)(edge - ack) : 0);
		} else if (!is_ack && l->pieces[i].direction == p->direction &&
			   l->pieces[i].dsn != LEDGER_UNKNOWN &&
			   l->pieces[i].dsn + l->pieces[i].len > high) {
			high = l->pieces[i].dsn + l->pieces[i].len;
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
