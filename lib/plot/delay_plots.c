/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delays and their distributions: owd, reinject, interarrival, dss. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/tcpopt.h"
#include "model/verdict.h"
#include "plot/draw.h"

/* One subflow and direction. */
static void owd_stream(const struct plot *p, struct chart *c,
		       const struct paired_stream *s, enum direction d,
		       int colour)
{
	int turned = (d == TO_CLIENT) ^ s->stream[0]->flipped;
	char *name = plot_stream_name(s->stream[0], turned);
	struct chart_series *points = chart_add_series(c, CHART_POINTS, name);
	struct chart_series *lost = NULL;
	const struct match_end *e = &s->match.end[0];
	double last = NAN;

	free(name);
	points->colour = colour;
	for (size_t k = 0; k < e->n; k++) {
		double t = plot_time(p,
				     p->trace->packets.time[e->packet[k]]);
		struct crossing x;

		if ((e->direction[k] ^ s->stream[0]->flipped) != (int)d)
			continue;
		if (pairing_crossing(p->pairing, s, k, &x)) {
			if (x.has_delay && x.fate == MATCH_MATCHED)
				chart_add_point(points, t,
						last = (double)x.delay / 1e6);
		} else if (e->fate[k] == MATCH_LOST && last == last) {
			if (!lost) {
				lost = chart_add_series(c, CHART_POINTS,
							"lost");
				lost->marker = CHART_CROSS;
				lost->colour = colour;
				lost->weight = 1.5;
			}
			chart_add_point(lost, t, last);
		}
	}
}

int plot_owd(const struct plot *p, struct chart *c, struct error *err)
{
	int colour = 0;

	(void)err;
	chart_set_text(&c->title, "One-way delay");
	chart_set_text(&c->y.title, "One-way delay");
	c->y.unit = CHART_MILLISECONDS;
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		const struct paired_stream *s = pairing_stream(
			p->pairing, &p->trace->streams[p->conn->subflows[k]]);

		for (int d = 0; s && d < 2; d++)
			if (p->both_ways || d == (int)p->direction)
				owd_stream(p, c, s, (enum direction)d,
					   colour++);
	}
	return 0;
}

static void distribution_axes(struct chart *c, const char *x)
{
	c->x.unit = CHART_MILLISECONDS;
	c->y.unit = CHART_RATIO;
	c->y.from = 0;
	c->y.to = 1;
	chart_set_text(&c->x.title, "%s", x);
	chart_set_text(&c->y.title, "Cumulative share");
}

int plot_reinject(const struct plot *p, struct chart *c, struct error *err)
{
	struct arrivals arrivals = { .fate = NULL };
	struct repetitions list;
	struct samples samples = { .n = 0 };

	(void)err;
	repetitions_list(p->trace, p->ledger, &list);
	if (p->pairing)
		arrivals_find(p->pairing, &arrivals);
	for (size_t i = 0; i < list.n; i++) {
		const struct repetition *r = &list.items[i];
		struct judgement j;

		if (r->direction != p->direction ||
		    r->byte_class != BYTES_REINJECTED)
			continue;
		verdict_of(p->pairing ? &arrivals : NULL, &list, r, &j);
		if (!p->pairing)
			samples_add(&samples,
				    repetition_delay(p->trace, &list, r));
		else if (j.has_delta)
			samples_add(&samples, j.delta);
	}
	chart_set_text(&c->title, p->pairing
					  ? "How much earlier reinjections came"
					  : "From the original to the "
					    "reinjection");
	distribution_axes(c, p->pairing ? "Arrival of the original - of the "
					  "reinjection"
					: "Delay");
	plot_distribution(c, "reinjections", &samples);
	samples_release(&samples);
	arrivals_release(&arrivals);
	repetitions_release(&list);
	return 0;
}

int plot_interarrival(const struct plot *p, struct chart *c, struct error *err)
{
	const struct packets *t = &p->trace->packets;
	size_t n = p->conn->n_subflows;
	struct samples *gaps = mem_calloc(n + 1, sizeof(*gaps)); /* [n]: all */
	int64_t *last = mem_calloc(n + 1, sizeof(*last));

	(void)err;
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
	chart_set_text(&c->title, "Time between packets with payload");
	distribution_axes(c, "Gap");
	c->x.log = 1;
	for (size_t k = 0; k <= n; k++) {
		char *name = NULL;
		const struct stream *s = NULL;

		if (k < n)
			s = &p->trace->streams[p->conn->subflows[k]];
		name = s ? plot_stream_name(s, (p->direction == TO_CLIENT) ^
						       s->flipped)
			 : mem_strdup("across subflows");
		plot_distribution(c, name, &gaps[k]);
		samples_release(&gaps[k]);
		free(name);
	}
	if (c->n_series)
		c->series[c->n_series - 1]->colour = CHART_INK;
	free(gaps);
	free(last);
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

		if (ledger_direction(p->trace, i) != p->direction ||
		    !tcpopt_may_have_mptcp(packets_options(t, i),
					   t->n_options[i]))
			continue;
		tcpopt_parse(packets_options(t, i), t->n_options[i], &o);
		for (size_t m = 0; m < o.n_mptcp; m++) {
			const struct mptcp_option *dss = &o.mptcp[m];

			/* Repeated with each segment of it. */
			if (dss->subtype != MP_DSS ||
			    !(dss->has & MPTCP_HAS_DLL) || !dss->dll ||
			    (dss->dsn == last && dss->dll == last_dll))
				continue;
			last = dss->dsn;
			last_dll = dss->dll;
			count[dss->dll / DSS_STEP]++;
		}
	}
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
