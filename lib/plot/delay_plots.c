/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delays and their distributions, and single values: owd, rtt, reinject,
   interarrival, dss, attr. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/rtt.h"
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
		double t = plot_time(p, p->trace->packets.time[e->packet[k]]);
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

static void take_owner(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	(void)from;
	(void)to;
	if (owner)
		*(long *)ctx = *owner;
}

/* The piece that sent the byte at x first; -1 when none did. */
static long sender_of(struct rangemap *sent, int64_t x)
{
	long piece = -1;

	rangemap_look(sent, x, x + 1, take_owner, &piece);
	return piece;
}

/*
 * From the packet that first sent the byte below a DATA_ACK to that DATA_ACK;
 * not where the byte was sent again (as Karn's rule for TCP).
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
			    s->x == LEDGER_UNKNOWN)
				continue;
			if (s->byte_class == BYTES_UNIQUE) {
				sent_at[i] = time[s->packet];
				rangemap_claim(&sent, s->x, s->x + s->len,
					       (uint32_t)i, NULL, NULL);
			} else if ((piece = sender_of(&sent, s->x)) >= 0) {
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
	struct chart_series **subflow = plot_subflows(p, c, CHART_POINTS);

	(void)err;
	chart_set_text(&c->title, "Round trip times");
	chart_set_text(&c->y.title, "Round trip time");
	c->y.unit = CHART_MILLISECONDS;
	c->y.from = 0;
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		const struct stream *s =
			&p->trace->streams[p->conn->subflows[k]];
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

static const char *const fields[] = { "frame", "seq",	 "ack",
				      "len",   "window", "flags",
				      "ip_id", "tsval",	 NULL };

const char *plot_field_name(int i)
{
	return fields[i];
}

/* The value of the field that stands at "which"; 0 when there is none. */
static int field_value(const struct packets *t, uint32_t i, int which,
		       double *out)
{
	uint64_t stamp = 0;

	switch (which) {
	case 0: *out = t->frame[i]; return 1;
	case 1: *out = t->seq[i]; return 1;
	case 2: *out = t->ack[i]; return !!(t->flags[i] & TCP_ACK);
	case 3: *out = t->len[i]; return 1;
	case 4: *out = t->window[i]; return 1;
	case 5: *out = t->flags[i]; return 1;
	case 6: *out = t->ip_id[i]; return !!(t->mark[i] & PACKET_HAS_IP_ID);
	default: break;
	}
	stamp = tcpopt_tsval(packets_options(t, i), t->n_options[i]);
	*out = (double)(uint32_t)stamp;
	return stamp != 0;
}

int plot_attr(const struct plot *p, struct chart *c, struct error *err)
{
	const struct packets *t = &p->trace->packets;
	struct chart_series **subflow = NULL;
	int which = 0;

	while (fields[which] && p->field && strcmp(fields[which], p->field))
		which++;
	if (!p->field || !fields[which])
		return error_set(err, EXIT_USAGE,
				 "'%s' is no column of the packets; --field "
				 "takes frame, seq, ack, len, window, flags, "
				 "ip_id or tsval",
				 p->field ? p->field : "");
	subflow = plot_subflows(p, c, CHART_POINTS);
	chart_set_text(&c->title, "%s of the packets", p->field);
	chart_set_text(&c->y.title, "%s", p->field);
	for (size_t k = 0; k < p->ledger->n_packets; k++) {
		uint32_t i = p->ledger->packets[k];
		size_t s = p->trace->streams[t->stream[i]].position;
		double value = 0;

		if (ledger_direction(p->trace, i) == p->direction &&
		    field_value(t, i, which, &value))
			chart_add_point(subflow[s], plot_time(p, t->time[i]),
					value);
	}
	free(subflow);
	return 0;
}

void plot_distribution_axes(struct chart *c, const char *x)
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
	plot_distribution_axes(c, p->pairing
					  ? "Arrival of the original - of the "
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
	plot_distribution_axes(c, "Gap");
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
