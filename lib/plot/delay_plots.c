/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plots of delays and their distributions: owd, rtt, reinject, interarrival,
 * dss.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "model/rtt.h"
#include "model/tcpopt.h"
#include "pair/usefulness.h"
#include "plot/draw.h"
#include "plot/ends.h"

static const char *const ends[2] = { "server", "client" };

/*
 * A subflow with a label needs the direction in its name, as addresses are not
 * shown.
 */
static char *owd_name(const struct plot *p, const struct stream *s,
		      enum direction d)
{
	char *name = plot_stream_name(p, s, d), *whole = NULL;

	if (!p->labels || !p->both_ways)
		return name;
	whole = mem_printf("%s, to %s", name, ends[d]);
	free(name);
	return whole;
}

static char *brief_name(const struct plot *p, const struct stream *s,
			enum direction d)
{
	char *label = plot_stream_label(p, s), *brief = NULL;

	if (!p->both_ways)
		return label;
	brief = mem_printf("%s, to %s", label, ends[d]);
	free(label);
	return brief;
}

/* Data to the client as rings. */
static struct chart_series *add_lost_ones(const struct plot *p, struct chart *c,
					  const struct stream *s,
					  enum direction d)
{
	char *label = plot_stream_label(p, s);
	char *name = mem_printf("%s, lost to %s", label, ends[d]);
	struct chart_series *lost = chart_add_series(c, CHART_POINTS, name);

	lost->marker = CHART_CROSS;
	lost->hollow = d == TO_CLIENT;
	lost->weight = 1.3;
	free(label);
	free(name);
	return lost;
}

/* One subflow and direction, from the capture of its sender. */
static void owd_stream(const struct plot *p, struct chart *c,
		       const struct paired_stream *s, enum direction d,
		       int colour)
{
	int tcp = d ^ s->stream[0]->flipped, sender = s->client_end ^ tcp;
	const struct plot *from = sender == p->end ? p : p->other;
	const struct match_end *e = &s->match.end[sender];
	char *name = owd_name(p, s->stream[0], d);
	struct chart_series *points = chart_add_series(c, CHART_POINTS, name);
	struct chart_series *lost = NULL;
	double last = NAN;

	free(name);
	points->brief = brief_name(p, s->stream[0], d);
	points->colour = colour;
	points->hollow = d == TO_CLIENT;
	for (size_t k = 0; k < e->n; k++) {
		double t = plot_time(from,
				     from->trace->packets.time[e->packet[k]]);
		struct crossing x;

		if (e->direction[k] != tcp)
			continue;
		if (pairing_crossing_at(p->pairing, s, sender, k, &x)) {
			if (x.has_delay && x.fate == MATCH_MATCHED)
				chart_add_point(points, t,
						last = (double)x.delay / 1e6);
		} else if (e->fate[k] == MATCH_LOST && last == last) {
			if (!lost) {
				lost = add_lost_ones(p, c, s->stream[0], d);
				lost->colour = colour;
			}
			chart_add_point(lost, t, last);
		}
	}
}

int plot_owd(const struct plot *p, struct chart *c, struct error *err)
{
	(void)err;
	chart_set_text(&c->title, "One-way delay");
	chart_set_text(&c->y.title, "One-way delay");
	c->y.unit = CHART_MILLISECONDS;
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		const struct paired_stream *s = pairing_stream(
			p->pairing, trace_subflow(p->trace, p->conn, k));

		for (int d = 0; s && d < 2; d++)
			if (p->both_ways || d == (int)p->direction)
				owd_stream(p, c, s, (enum direction)d,
					   plot_colour(p, k));
	}
	return 0;
}

static void take_owner(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	(void)from;
	(void)to;
	if (owner)
		*(long *)ctx = *owner;
}

/* The piece that first sent the byte at dsn; -1: none. */
static long sender_of(struct rangemap *sent, int64_t dsn)
{
	long piece = -1;

	rangemap_look(sent, dsn, dsn + 1, take_owner, &piece);
	return piece;
}

/*
 * From the packet that first sent the byte below a DATA_ACK to that DATA_ACK;
 * not if the byte was sent again (like Karn's rule for TCP).
 */
static void data_rtt(const struct plot *p, struct chart *c)
{
	const struct ledger *l = p->ledger;
	const int64_t *time = p->trace->packets.time;
	struct chart_series *line =
		chart_add_series(c, CHART_POINTS, "data, by DATA_ACK");
	int64_t *sent_at = mem_calloc(l->n_pieces + 1, sizeof(*sent_at));
	struct rangemap sent = { 0 };
	int64_t high = INT64_MIN;
	size_t i = 0;

	line->colour = CHART_INK;
	line->marker = CHART_PLUS;
	line->weight = 0.7;
	for (size_t k = 0; k < l->n_acks; k++) {
		const struct data_ack *a = &l->acks[k];
		long piece = -1;

		for (; i < l->n_pieces && l->pieces[i].packet < a->packet;
		     i++) {
			const struct piece *s = &l->pieces[i];

			if (s->direction != p->direction ||
			    s->dsn == LEDGER_UNKNOWN)
				continue;
			if (s->byte_class == BYTES_UNIQUE) {
				sent_at[i] = time[s->packet];
				rangemap_claim(&sent, s->dsn, s->dsn + s->len,
					       (uint32_t)i, NULL, NULL);
			} else if ((piece = sender_of(&sent, s->dsn)) >= 0) {
				sent_at[piece] = -1;
			}
		}
		if (a->direction != p->direction || a->ack <= high)
			continue;
		high = a->ack;
		piece = sender_of(&sent, a->ack - 1);
		if (piece >= 0 && sent_at[piece] >= 0)
			chart_add_point(
				line, plot_time(p, time[a->packet]),
				(double)(time[a->packet] - sent_at[piece]) /
					1e6);
	}
	rangemap_release(&sent);
	free(sent_at);
}

int plot_rtt(const struct plot *p, struct chart *c, struct error *err)
{
	struct chart_series **subflow = NULL;

	if (plot_at_sender(p, err) < 0)
		return -1;
	subflow = plot_subflows(p, c, CHART_POINTS);
	chart_set_text(&c->title, "Round trip times");
	chart_set_text(&c->y.title, "Round-trip time");
	c->y.unit = CHART_MILLISECONDS;
	c->y.from = 0;
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(p->trace, p->conn, k);
		struct rtt_series both[2];
		const struct rtt_series *r = &both[p->direction ^ s->flipped];

		rtt_follow(p->trace, s, both);
		for (size_t i = 0; i < r->rtt.n; i++)
			chart_add_point(subflow[k],
					plot_time(p, r->at.values[i]),
					(double)r->rtt.values[i] / 1e6);
		rtt_series_release(&both[0]);
		rtt_series_release(&both[1]);
	}
	data_rtt(p, c);
	free(subflow);
	return 0;
}

void plot_distribution_axes(struct chart *c, const char *x)
{
	c->x.unit = CHART_MILLISECONDS;
	c->y.unit = CHART_RATIO;
	c->y.from = 0;
	c->y.to = PLOT_DISTRIBUTION_TOP;
	chart_set_text(&c->x.title, "%s", x);
	chart_set_text(&c->y.title, "Cumulative share");
}

/* Delays of reinjections, and reasons why some have none. */
struct reinjections {
	struct samples delays;
	size_t never;  /* the reinjection did not arrive */
	size_t rescue; /* the original did not arrive, or was discarded */
};

static void take_reinjection(const struct plot *p,
			     const struct arrivals *arrivals,
			     const struct repetitions *list,
			     const struct repetition *r,
			     struct reinjections *out)
{
	struct judgement j;

	if (!p->pairing) {
		samples_add(&out->delays, repetition_delay(p->trace, list, r));
		return;
	}
	usefulness_of(arrivals, list, r, &j);
	if (j.has_delta)
		samples_add(&out->delays, j.delta);
	else if (j.usefulness == USEFULNESS_USEFUL)
		out->rescue++;
	else if (j.usefulness == USEFULNESS_REDUNDANT)
		out->never++;
}

/* Above 0 a reinjection was useful: there is room for a word on each side. */
static void show_zero(struct chart *c)
{
	const struct chart_series *s = c->series[0];
	const double from = s->points[0].x, to = s->points[s->n - 1].x;

	chart_add_mark(c, 0, "redundant", CHART_MUTED)->side = -1;
	chart_add_mark(c, 0, "useful", CHART_MUTED)->side = 1;
	if (from > -to / 4)
		c->x.from = -to / 4;
	if (to < -from / 4)
		c->x.to = -from / 4;
}

/* Both arrivals are times of the receiver: no clock correction is needed. */
static void draw_reinjections(const struct plot *p, struct reinjections *r,
			      struct chart *c)
{
	const size_t all = r->delays.n + r->never + r->rescue;
	char *name = mem_printf("%zu reinjection%s%s", all, plural(all),
				p->pairing ? ", by arrival" : "");

	if (p->pairing && r->rescue + r->never) {
		free(name);
		name = mem_printf("%zu of %zu reinjection%s; %zu other%s "
				  "lost, of %zu the original was lost or "
				  "discarded",
				  r->delays.n, all, plural(all), r->never,
				  r->never == 1 ? " was" : "s were", r->rescue);
	}
	chart_set_text(&c->title, p->pairing ? "Arrival of reinjections"
					     : "From the original to the "
					       "reinjection");
	plot_distribution_axes(c, p->pairing ? "Arrival of the original minus "
					       "that of the reinjection"
					     : "Delay");
	if (p->pairing)
		chart_set_text(&c->x.brief, "Original minus reinjection");
	chart_set_text(&c->y.title, "Share of the reinjections");
	chart_set_text(&c->y.brief, "Share");
	plot_distribution(c, name, &r->delays, r->never, r->rescue);
	if (p->pairing)
		show_zero(c);
	free(name);
}

int plot_reinject(const struct plot *p, struct chart *c, struct error *err)
{
	struct arrivals arrivals = { .fate = NULL };
	struct repetitions list;
	struct reinjections result = { .never = 0 };
	int rc = 0;

	repetitions_list(p->trace, p->ledger, &list);
	if (p->pairing)
		arrivals_find_at(p->pairing, p->end, &arrivals);
	for (size_t i = 0; i < list.n; i++)
		if (list.items[i].direction == p->direction &&
		    list.items[i].byte_class == BYTES_REINJECTED)
			take_reinjection(p, &arrivals, &list, &list.items[i],
					 &result);
	if (result.delays.n)
		draw_reinjections(p, &result, c);
	else
		rc = error_set(err, EXIT_INPUT, "'%s': nothing to draw: %s",
			       p->trace->info.path,
			       result.never + result.rescue
				       ? "the arrival times of reinjections "
					 "and their originals are unknown"
				       : "no reinjections in this direction");
	samples_release(&result.delays);
	arrivals_release(&arrivals);
	repetitions_release(&list);
	return rc;
}

/* Times between packets: [subflow], then all together. */
static void gaps_find(const struct plot *p, struct samples *gaps)
{
	const struct packets *t = &p->trace->packets;
	size_t n = p->conn->n_subflows;
	int64_t *last = mem_calloc(n + 1, sizeof(*last));

	memset(last, 0xff, (n + 1) * sizeof(*last));
	for (size_t k = 0; k < p->ledger->n_packets; k++) {
		uint32_t i = p->ledger->packets[k];
		size_t s = p->trace->streams[t->stream[i]].position;
		size_t whose[2] = { s, n };

		if (!t->len[i] || ledger_direction(p->trace, i) != p->direction)
			continue;
		for (int w = 0; w < 2; w++) {
			if (last[whose[w]] >= 0)
				samples_add(&gaps[whose[w]],
					    t->time[i] - last[whose[w]]);
			last[whose[w]] = t->time[i];
		}
	}
	free(last);
}

static struct chart_series *draw_gaps(struct chart *c, const char *name,
				      struct samples *gaps, int colour,
				      int dash)
{
	struct chart_series *line = plot_distribution(c, name, gaps, 0, 0);

	samples_release(gaps);
	if (!line)
		return NULL;
	line->colour = colour;
	line->dash = dash;
	if (colour == CHART_WHOLE)
		line->weight = 1.6;
	return line;
}

/* From the sender's capture; arrivals are dashed. */
static void add_sent_gaps(const struct plot *p, struct chart *c)
{
	const size_t n = p->other->conn->n_subflows;
	struct samples *gaps = mem_calloc(n + 1, sizeof(*gaps));

	gaps_find(p->other, gaps);
	draw_gaps(c, "across subflows, sent", &gaps[n], CHART_WHOLE,
		  CHART_SOLID);
	for (size_t k = 0; k < n; k++) {
		char *name = plot_short_name(p->other, k, "sent");

		draw_gaps(c, name, &gaps[k], plot_colour(p->other, k),
			  CHART_SOLID);
		free(name);
	}
	free(gaps);
}

static void name_gaps(const struct plot *p, size_t k, struct chart_series *line)
{
	char *name = plot_subflow_name(p, k);

	chart_set_text(&line->name, "%s%s", name, p->other ? ", arrived" : "");
	if (p->other)
		line->brief = plot_short_name(p, k, "arrived");
	else
		line->brief = plot_stream_label(
			p, trace_subflow(p->trace, p->conn, k));
	free(name);
}

int plot_interarrival(const struct plot *p, struct chart *c, struct error *err)
{
	size_t n = p->conn->n_subflows;
	struct samples *gaps = mem_calloc(n + 1, sizeof(*gaps));
	const int dash = p->other ? CHART_DASHED : CHART_SOLID;

	(void)err;
	chart_set_text(&c->title, "Time between packets with payload");
	plot_distribution_axes(c, "Gap");
	c->x.log = 1;
	gaps_find(p, gaps);
	draw_gaps(c, p->other ? "across subflows, arrived" : "across subflows",
		  &gaps[n], CHART_WHOLE, dash);
	for (size_t k = 0; k < n; k++) {
		struct chart_series *line =
			draw_gaps(c, NULL, &gaps[k], plot_colour(p, k), dash);

		if (line)
			name_gaps(p, k, line);
	}
	if (p->other)
		add_sent_gaps(p, c);
	free(gaps);
	return 0;
}

enum {
	DSS_STEP = 1024,
	DSS_STEPS = 64 /* a data-level length has 16 bits */
};

int plot_dss(const struct plot *p, struct chart *c, struct error *err)
{
	const struct packets *t = &p->trace->packets;
	struct chart_series *bars = chart_add_series(c, CHART_BARS, "mappings");
	uint64_t count[DSS_STEPS] = { 0 };
	uint64_t last = 0;
	uint16_t last_dll = 0;

	(void)err;
	for (size_t k = 0; k < p->ledger->n_packets; k++) {
		uint32_t i = p->ledger->packets[k];
		struct tcp_options o;

		if (ledger_direction(p->trace, i) != p->direction)
			continue;
		packets_mptcp(t, i, &o);
		for (size_t m = 0; m < o.n_mptcp; m++) {
			const struct mptcp_option *dss = &o.mptcp[m];

			/* Repeated with each segment of the mapping. */
			if (dss->subtype != MP_DSS ||
			    !(dss->has & MPTCP_HAS_DLL) || !dss->dll ||
			    (dss->dsn == last && dss->dll == last_dll))
				continue;
			last = dss->dsn;
			last_dll = dss->dll;
			count[dss->dll / DSS_STEP]++;
		}
	}
	bars->colour = CHART_MUTED; /* for all subflows together */
	chart_set_text(&c->title, "Lengths of mappings");
	chart_set_text(&c->x.title, "Data-level length");
	chart_set_text(&c->y.title, "Mappings");
	c->x.unit = CHART_BYTES_BINARY;
	c->y.unit = CHART_COUNT;
	c->y.from = 0;
	for (size_t k = 0; k < DSS_STEPS; k++)
		if (count[k])
			chart_add_bar(bars, (double)k * DSS_STEP,
				      (double)(k + 1) * DSS_STEP,
				      (double)count[k]);
	return 0;
}
