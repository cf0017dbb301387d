/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/xpl.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "chart/number.h"
#include "chart/scale.h"
#include "chart/unit.h"

struct xpl {
	const struct chart *c;
	FILE *out;
	struct strbuf line, last; /* commands */
};

static const char *colour_name(int colour)
{
	static const char *const names[] = { "green",	"red",	  "blue",
					     "yellow",	"purple", "orange",
					     "magenta", "pink" };

	if (colour < 0)
		return colour == CHART_ACCENT ? "magenta" : "white";
	return names[(size_t)colour % (sizeof(names) / sizeof(names[0]))];
}

static void put_x(struct xpl *o, double x)
{
	char number[NUMBER_MAX];
	int64_t us;

	if (o->c->x.unit == CHART_CLOCK) {
		us = unit_clock_ns(&o->c->x, x) / 1000;
		strbuf_printf(&o->line, " %" PRId64 ".%06" PRId64, us / 1000000,
			      us % 1000000);
		return;
	}
	number_shortest(number, x);
	strbuf_printf(&o->line, " %s", number);
}

static void put_y(struct xpl *o, double y)
{
	char number[NUMBER_MAX];

	number_shortest(number, y);
	strbuf_printf(&o->line, " %s", number);
}

/* Write the command, unless it is the same again. */
static void flush(struct xpl *o)
{
	struct strbuf line = o->line;

	if (o->line.len != o->last.len ||
	    memcmp(o->line.text, o->last.text, o->line.len) != 0)
		fprintf(o->out, "%s\n", o->line.text);
	o->line = o->last;
	o->last = line;
	strbuf_clear(&o->line);
}

static void put_at(struct xpl *o, const char *command, double x, double y)
{
	if (!isfinite(x) || !isfinite(y))
		return;
	strbuf_puts(&o->line, command);
	put_x(o, x);
	put_y(o, y);
	flush(o);
}

static void put_line(struct xpl *o, double x0, double y0, double x1, double y1)
{
	if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1))
		return;
	strbuf_puts(&o->line, "line");
	put_x(o, x0);
	put_y(o, y0);
	put_x(o, x1);
	put_y(o, y1);
	flush(o);
}

static const char *marker_name(enum chart_marker marker)
{
	static const char *const names[] = {
		[CHART_MARKER_AUTO] = "dot",
		[CHART_MARKER_NONE] = "dot",
		[CHART_DOT] = "dot",
		[CHART_CROSS] = "x",
		[CHART_PLUS] = "plus",
		[CHART_TRIANGLE] = "uarrow",
		[CHART_TRIANGLE_DOWN] = "darrow",
		[CHART_SQUARE] = "box",
		[CHART_DIAMOND] = "diamond",
	};

	return names[marker];
}

static void put_step(struct xpl *o, double x0, double y0, double x1, double y1)
{
	put_line(o, x0, y0, x1, y0);
	if (isfinite(y1) && y0 != y1)
		put_line(o, x1, y0, x1, y1);
}

static void put_segment(struct xpl *o, const struct chart_point *p)
{
	put_at(o, "darrow", p->x, fmin(p->y, p->end));
	put_at(o, "uarrow", p->x, fmax(p->y, p->end));
	put_line(o, p->x, p->y, p->x, p->end);
}

static void put_bar(struct xpl *o, const struct chart_point *p)
{
	put_line(o, p->x, 0, p->x, p->y);
	put_line(o, p->x, p->y, p->end, p->y);
	put_line(o, p->end, p->y, p->end, 0);
}

static void put_point(struct xpl *o, const struct chart_series *s, size_t i)
{
	const struct chart_point *p = &s->points[i];
	const struct chart_point *q = &s->points[i ? i - 1 : 0];

	switch (s->style) {
	case CHART_LINE:
		if (i > 0)
			put_line(o, q->x, q->y, p->x, p->y);
		if (s->marker > CHART_MARKER_NONE)
			put_at(o, marker_name(s->marker), p->x, p->y);
		break;
	case CHART_STEP:
		if (i > 0)
			put_step(o, q->x, q->y, p->x, p->y);
		break;
	case CHART_AREA:
		if (i > 0)
			put_step(o, q->x, q->end, p->x, p->end);
		break;
	case CHART_POINTS: put_at(o, marker_name(s->marker), p->x, p->y); break;
	case CHART_SEGMENTS: put_segment(o, p); break;
	case CHART_BARS: put_bar(o, p); break;
	}
}

static void put_marks(struct xpl *o)
{
	struct scale y = scale_range(o->c, 1);

	for (size_t i = 0; i < o->c->n_marks; i++) {
		const struct chart_mark *m = &o->c->marks[i];

		if (!isfinite(m->x))
			continue;
		fprintf(o->out, "%s\n", colour_name(m->colour));
		put_line(o, m->x, y.from, m->x, y.to);
		if (!m->label || !*m->label)
			continue;
		strbuf_puts(&o->line, "atext");
		put_x(o, m->x);
		put_y(o, y.to);
		strbuf_printf(&o->line, "\n%s", m->label);
		flush(o);
	}
}

static void put_header(struct xpl *o)
{
	const struct chart *c = o->c;
	const char *sep = " (";

	fprintf(o->out, "%s double\ntitle\n%s",
		c->x.unit == CHART_CLOCK ? "timeval" : "double",
		c->title ? c->title : "");
	for (size_t i = 0; i < c->n_series; i++)
		if (c->series[i]->name) {
			fprintf(o->out, "%s%s: %s", sep,
				colour_name(c->series[i]->colour),
				c->series[i]->name);
			sep = ", ";
		}
	fprintf(o->out, "%s\n", *sep == ',' ? ")" : "");
}

static void put_label(struct xpl *o, const char *command,
		      const struct chart_axis *axis)
{
	const char *unit = unit_base(axis->unit);

	fprintf(o->out, "%s\n%s", command, axis->title ? axis->title : "");
	if (unit_is_raw(axis->unit) && axis->origin > 0)
		fprintf(o->out, " - %" PRIu64, axis->origin);
	else if (*unit && axis->unit != CHART_CLOCK)
		fprintf(o->out, " (%s)", unit);
	fputc('\n', o->out);
}

void chart_xpl(const struct chart *c, FILE *out)
{
	struct xpl o = { c, out, STRBUF_INIT, STRBUF_INIT };

	put_header(&o);
	put_label(&o, "xlabel", &c->x);
	put_label(&o, "ylabel", &c->y);
	for (size_t i = 0; i < c->n_series; i++) {
		fprintf(out, "%s\n", colour_name(c->series[i]->colour));
		strbuf_clear(&o.last);
		for (size_t k = 0; k < c->series[i]->n; k++)
			put_point(&o, c->series[i], k);
	}
	put_marks(&o);
	fputs("go\n", out);
	strbuf_release(&o.line);
	strbuf_release(&o.last);
}
