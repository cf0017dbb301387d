/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of bytes over time: rate, goodput, share. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "plot/draw.h"
#include "plot/ends.h"

enum {
	STEPS = 100,	    /* approximate, unless the window is given */
	STEPS_MAX = 4000000 /* times subflows */
};

/* When the bytes that count were sent: ns, by the clock of the plot. */
struct time_range {
	int64_t begin, end;
};

/* Bytes of each subflow per step of time. */
struct steps {
	int64_t begin, width; /* ns */
	size_t n, columns;
	uint64_t *bytes; /* [step * columns + subflow]; the last column is for
			    subflows that are missing in the other capture */
};

/* 1, 2 or 5 times a power of ten, at least "least". */
static int64_t round_up(int64_t least)
{
	static const int factors[] = { 1, 2, 5 };

	for (int64_t ten = 1;; ten *= 10)
		for (size_t i = 0; i < 3; i++)
			if (ten * factors[i] >= least)
				return ten * factors[i];
}

/* Whether the piece has this direction, and counts. */
static int counts(const struct plot *p, const struct piece *s, int only_new)
{
	return s->direction == p->direction &&
	       (!only_new || s->byte_class == BYTES_UNIQUE);
}

static int64_t time_of(const struct plot *p, const struct piece *s)
{
	return ends_time(p, p->trace->packets.time[s->packet]);
}

static void widen(const struct plot *p, int only_new, struct time_range *out)
{
	for (size_t k = 0; k < p->ledger->n_pieces; k++) {
		const struct piece *s = &p->ledger->pieces[k];
		int64_t t = counts(p, s, only_new) ? time_of(p, s) : 0;

		if (!counts(p, s, only_new))
			continue;
		out->begin = t < out->begin ? t : out->begin;
		out->end = t > out->end ? t : out->end;
	}
}

/* The time range of both ends, if both are drawn. */
static struct time_range period_of(const struct plot *p, int only_new)
{
	struct time_range out = { INT64_MAX, INT64_MIN };

	widen(p, only_new, &out);
	if (p->other)
		widen(p->other, only_new, &out);
	return out;
}

static int set_width(const struct plot *p, const struct time_range *time,
		     int64_t *width, struct error *err)
{
	int64_t length = time->begin > time->end ? 0 : time->end - time->begin;

	*width = p->window ? p->window : round_up(length / STEPS + 1000000);
	if ((uint64_t)(length / *width) * (p->conn->n_subflows + 1) < STEPS_MAX)
		return 0;
	return error_set(err, EXIT_USAGE,
			 "a window of %g ms is too short for %g s of data",
			 (double)*width / 1e6, (double)length / 1e9);
}

int plot_rate_steps(const struct plot *p, struct plot_steps *out,
		    struct error *err)
{
	const struct time_range time = period_of(p, 0);

	if (set_width(p, &time, &out->width, err) < 0)
		return -1;
	out->from = time.begin;
	out->to = time.begin;
	if (time.begin <= time.end)
		out->to +=
			((time.end - time.begin) / out->width + 1) * out->width;
	return 0;
}

static void steps_fill(struct steps *out, const struct plot *p, int only_new,
		       const size_t *column)
{
	for (size_t k = 0; k < p->ledger->n_pieces; k++) {
		const struct piece *s = &p->ledger->pieces[k];
		size_t step = 0;

		if (!counts(p, s, only_new))
			continue;
		step = (size_t)((time_of(p, s) - out->begin) / out->width);
		out->bytes[step * out->columns +
			   (column ? column[s->subflow] : s->subflow)] +=
			s->len;
	}
}

static void steps_init(struct steps *out, const struct plot *p,
		       const struct time_range *time, int64_t width)
{
	*out = (struct steps){ .begin = time->begin,
			       .width = width,
			       .columns = p->conn->n_subflows + 1 };
	if (time->begin <= time->end)
		out->n = (size_t)((time->end - time->begin) / width) + 1;
	out->bytes = mem_calloc(out->n * out->columns + 1, sizeof(uint64_t));
}

/* Position of the beginning of step k on the axis, in seconds. */
static double step_time(const struct plot *p, const struct steps *s, size_t k)
{
	return (double)(s->begin + (int64_t)k * s->width - plot_zero(p)) / 1e9;
}

static double bits_per_second(int64_t width, uint64_t bytes)
{
	return (double)bytes * 8e9 / (double)width;
}

static uint64_t step_sum(const struct steps *s, size_t k)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->columns; i++)
		sum += s->bytes[k * s->columns + i];
	return sum;
}

static void rate_axis(struct chart *c, const char *what)
{
	c->y.unit = CHART_BITRATE;
	c->y.from = 0;
	chart_set_text(&c->y.title, "%s", what);
}

/* One column, or the sum of all if it is NULL. */
static void add_steps(const struct plot *p, const struct steps *s,
		      const size_t *column, struct chart_series *line)
{
	for (size_t k = 0; k <= s->n && s->n; k++) {
		uint64_t bytes = 0;

		if (k < s->n) /* otherwise the end of the last step */
			bytes = column ? s->bytes[k * s->columns + *column]
				       : step_sum(s, k);
		chart_add_point(line, step_time(p, s, k),
				bits_per_second(s->width, bytes));
	}
}

/* Areas of subflows, stacked. */
static void add_stack(const struct plot *p, const struct steps *s,
		      struct chart_series **subflow)
{
	for (size_t k = 0; k < s->n; k++) {
		uint64_t below = 0;

		for (size_t i = 0; i < p->conn->n_subflows; i++) {
			uint64_t bytes = s->bytes[k * s->columns + i];

			chart_add_range(
				subflow[i], step_time(p, s, k),
				bits_per_second(s->width, below),
				bits_per_second(s->width, below + bytes));
			below += bytes;
		}
	}
	for (size_t i = 0; s->n && i < p->conn->n_subflows; i++)
		chart_add_range(subflow[i], step_time(p, s, s->n), NAN, NAN);
}

static struct chart_series *add_total(struct chart *c, const char *name,
				      int dash)
{
	struct chart_series *all = chart_add_series(c, CHART_STEP, name);

	all->colour = CHART_WHOLE;
	all->dash = dash;
	all->weight = 1.6;
	return all;
}

/* Data that arrived at the other end: dashed, in the colours of subflows. */
static void add_arrived(const struct plot *p, const struct steps *s,
			struct chart *c)
{
	add_steps(p, s, NULL,
		  add_total(c, "connection, arrived", CHART_DASHED));
	for (size_t i = 0; !p->stacked && i < p->conn->n_subflows; i++) {
		char *name = plot_short_name(p, i, "arrived");
		struct chart_series *line =
			chart_add_series(c, CHART_STEP, name);

		line->colour = plot_colour(p, i);
		line->dash = CHART_DASHED;
		add_steps(p, s, &i, line);
		free(name);
	}
}

static void draw_rates(const struct plot *p, const struct steps *s,
		       struct chart *c)
{
	struct chart_series **subflow = NULL;
	struct chart_series *all = NULL;

	/* Drawn below the lines of subflows, as it may coincide with one. */
	if (!p->stacked && (p->conn->n_subflows > 1 || p->other))
		all = add_total(c, p->other ? "connection, sent" : "connection",
				CHART_SOLID);
	subflow = plot_subflows(p, c, p->stacked ? CHART_AREA : CHART_STEP);
	if (p->stacked)
		all = add_total(c, p->other ? "connection, sent" : "connection",
				CHART_SOLID);
	if (p->stacked) /* it is drawn on the areas */
		all->colour = CHART_INK;
	if (p->stacked)
		add_stack(p, s, subflow);
	for (size_t i = 0; !p->stacked && i < p->conn->n_subflows; i++)
		add_steps(p, s, &i, subflow[i]);
	if (all)
		add_steps(p, s, NULL, all);
	free(subflow);
}

int plot_rate(const struct plot *p, struct chart *c, struct error *err)
{
	struct time_range time = period_of(p, 0);
	size_t *column = NULL;
	struct steps s;
	int64_t width = 0;

	if (set_width(p, &time, &width, err) < 0)
		return -1;
	steps_init(&s, p, &time, width);
	steps_fill(&s, p, 0, NULL);
	rate_axis(c, "Throughput");
	chart_set_text(&c->title, "Throughput, in steps of %g ms",
		       (double)width / 1e6);
	draw_rates(p, &s, c);
	free(s.bytes);
	if (!p->other)
		return 0;
	column = ends_positions(p);
	steps_init(&s, p, &time, width);
	steps_fill(&s, p->other, 0, column);
	add_arrived(p, &s, c);
	free(s.bytes);
	free(column);
	return 0;
}

/* New data, in order of time. */
struct news {
	struct new_bytes {
		int64_t time; /* ns, on the clock of the picture */
		uint32_t len;
	} * items;
	size_t n;
};

static int by_time(const void *x, const void *y)
{
	const struct new_bytes *a = x, *b = y;

	return COMPARE(a->time, b->time);
}

static void news_list(const struct plot *p, struct news *out)
{
	const struct ledger *l = p->ledger;

	*out = (struct news){ .items = mem_calloc(l->n_pieces + 1,
						  sizeof(*out->items)) };
	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *s = &l->pieces[k];

		if (counts(p, s, 1))
			out->items[out->n++] =
				(struct new_bytes){ time_of(p, s), s->len };
	}
	SORT(out->items, out->n, by_time);
}

/*
 * Bytes within the last "width" ns, at every moment: changes when bytes
 * arrive, and when they are "width" old.
 */
static void add_moving(const struct plot *p, const struct news *news,
		       int64_t width, struct chart_series *line)
{
	const int64_t zero = plot_zero(p);
	uint64_t within = 0;
	size_t in = 0, out = 0;

	if (news->n)
		chart_add_point(line,
				(double)(news->items[0].time - zero) / 1e9, 0);
	while (out < news->n) {
		int64_t t = news->items[out].time + width;

		if (in < news->n && news->items[in].time < t)
			t = news->items[in].time;
		for (; in < news->n && news->items[in].time == t; in++)
			within += news->items[in].len;
		for (; out < in && news->items[out].time + width == t; out++)
			within -= news->items[out].len;
		chart_add_point(line, (double)(t - zero) / 1e9,
				bits_per_second(width, within));
	}
}

/*
 * Start after the first window: before, a few bytes in a short time would be
 * any rate.
 */
static void add_since_start(const struct plot *p, const struct news *news,
			    int64_t width, struct chart_series *line)
{
	int64_t begin = news->n ? news->items[0].time : 0, t = begin;
	int64_t end = news->n ? news->items[news->n - 1].time : 0;
	uint64_t sum = 0;
	size_t in = 0;

	while (in < news->n) {
		t = t > begin && end - t < width ? end : t + width;
		for (; in < news->n && news->items[in].time <= t; in++)
			sum += news->items[in].len;
		chart_add_point(line,
				(double)(t - plot_zero(p)) / 1e9,
				bits_per_second(t - begin, sum));
	}
}

/* "p" may be the view from the other end; "axis" is that of the plot. */
static void add_goodput(const struct plot *axis, const struct plot *p,
			int64_t width, const char *late, const char *start,
			int dash, struct chart *c)
{
	struct chart_series *moving = chart_add_series(c, CHART_STEP, late);
	struct chart_series *all = chart_add_series(c, CHART_LINE, start);
	struct news news;

	moving->colour = CHART_ACCENT;
	all->colour = CHART_INK;
	moving->dash = all->dash = dash;
	all->weight = 1.6;
	news_list(p, &news);
	add_moving(axis, &news, width, moving);
	add_since_start(axis, &news, width, all);
	free(news.items);
}

int plot_goodput(const struct plot *p, struct chart *c, struct error *err)
{
	struct time_range time = period_of(p, 1);
	int64_t width = 0;
	int two = p->other != NULL;

	if (set_width(p, &time, &width, err) < 0)
		return -1;
	rate_axis(c, "Goodput");
	chart_set_text(&c->title, "Goodput, in a moving window of %g ms",
		       (double)width / 1e6);
	add_goodput(p, p, width, two ? "in the window, sent" : "in the window",
		    two ? "since the start, sent" : "since the start",
		    CHART_SOLID, c);
	if (two)
		add_goodput(p, p->other, width, "in the window, arrived",
			    "since the start, arrived", CHART_DASHED, c);
	return 0;
}

int plot_share(const struct plot *p, struct chart *c, struct error *err)
{
	int only_new = p->pairing && p->at == PLOT_AT_BOTH;
	struct chart_series **subflow = NULL;
	struct plot alone = *p;
	struct time_range time;
	struct steps s;
	int64_t width = 0;

	alone.other = NULL;
	time = period_of(&alone, only_new);
	if (set_width(p, &time, &width, err) < 0)
		return -1;
	subflow = plot_subflows(p, c, CHART_AREA);
	steps_init(&s, p, &time, width);
	steps_fill(&s, p, only_new, NULL);
	chart_set_text(&c->title,
		       only_new ? "Which subflow delivered new data first, in "
				  "steps of %g ms"
				: "Share of the bytes, in steps of %g ms",
		       (double)width / 1e6);
	chart_set_text(&c->y.title, only_new ? "Share of new data" : "Share");
	c->y.unit = CHART_PERCENT;
	c->y.from = 0;
	c->y.to = 100;
	for (size_t k = 0; k < s.n; k++) {
		double sum = (double)step_sum(&s, k), below = 0;
		double t = step_time(p, &s, k);

		for (size_t i = 0; i < p->conn->n_subflows; i++) {
			double part = (double)s.bytes[k * s.columns + i];
			double share = sum > 0 ? 100 * part / sum : NAN;

			chart_add_range(subflow[i], t, below, below + share);
			below += share;
		}
	}
	for (size_t i = 0; s.n && i < p->conn->n_subflows; i++)
		chart_add_range(subflow[i], step_time(p, &s, s.n), NAN, NAN);
	free(s.bytes);
	free(subflow);
	return 0;
}
