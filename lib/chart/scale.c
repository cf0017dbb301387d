/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/scale.h"

#include "chart/unit.h"

/* Beyond this, sums and differences would not be finite. */
#define HUGE 1e300
#define TINY 1e-300

double scale_pixel(const struct scale *s, double value)
{
	double part;

	if (s->log)
		part = value > 0 ? log(value / s->from) / log(s->to / s->from)
				 : NAN;
	else
		part = (value - s->from) / (s->to - s->from);
	return s->at + part * (s->at_end - s->at);
}

bool scale_is_log(const struct chart_axis *axis)
{
	return axis->log && axis->unit != CHART_CLOCK &&
	       !unit_is_raw(axis->unit);
}

struct value_range {
	double min, max; /* min > max: nothing yet */
	int log;
};

static void extend(struct value_range *e, double v)
{
	if (!isfinite(v) || (e->log && v <= 0))
		return;
	v = v > HUGE ? HUGE : v < -HUGE ? -HUGE : v;
	e->min = v < e->min ? v : e->min;
	e->max = v > e->max ? v : e->max;
}

static bool is_outside(const struct chart_axis *axis, double from, double to)
{
	return !isfinite(from) || !isfinite(to) || to < axis->from ||
	       from > axis->to;
}

static void extend_by(struct value_range *e, const struct chart *c,
		      const struct chart_series *s, int y)
{
	int bars = s->style == CHART_BARS;

	for (size_t i = 0; i < s->n; i++) {
		const struct chart_point *p = &s->points[i];
		double x1 = bars ? p->end : p->x;

		if (y ? is_outside(&c->x, p->x, x1)
		      : is_outside(&c->y, p->y, p->y))
			continue;
		extend(e, y ? p->y : p->x);
		if (y ? !bars : bars)
			extend(e, p->end);
	}
	if (y && s->n > 0 && (bars || s->style == CHART_AREA))
		extend(e, 0);
}

/* An extent with some width; "near zero" values get the zero as well. */
static void settle(struct value_range *e, enum chart_unit unit, int y)
{
	double pad;

	if (e->min > e->max) {
		e->min = e->log ? 1 : 0;
		e->max = e->log ? 10 : 1;
	}
	if (e->log) {
		pad = e->min == e->max ? 2 : pow(e->max / e->min, 0.02);
		e->min /= pad;
		e->max *= pad;
		return;
	}
	if (y && !unit_is_raw(unit) && e->min > 0 && e->min < 0.3 * e->max)
		e->min = 0;
	if (y && unit == CHART_RATIO && e->min >= 0 && e->max <= 1 &&
	    e->max > 0.5) {
		e->min = e->min < 0.5 ? 0 : e->min;
		e->max = 1;
	}
	pad = (e->max - e->min) * (y ? 0.04 : 0.015);
	if (pad <= 0)
		pad = fmax(0.5, fmax(fabs(e->min), fabs(e->max)) * 0.05);
	if (e->min != 0)
		e->min = e->min > 0 && e->min < pad ? 0 : e->min - pad;
	e->max += pad;
}

static double limit(double v, double least, double most)
{
	return fmin(fmax(v, least), most);
}

/* Make the range wide enough that its labels can differ. */
static void widen(struct scale *s)
{
	double least;

	s->to = limit(s->to, s->log ? TINY * 1e3 : -HUGE, HUGE);
	if (s->log && !(s->from > 0))
		s->from = s->to / 1e3;
	s->from = limit(s->from, s->log ? TINY : -HUGE, HUGE);
	least = fmax(fabs(s->from), fabs(s->to)) * 1e-11;
	if (s->log && s->to < s->from * 1.01)
		s->to = s->from * 1.01;
	if (!s->log && s->to - s->from < least) {
		s->from -= least;
		s->to += least;
	}
	if (!(s->from < s->to))
		s->to = s->from + 1;
}

/* A logarithmic axis has no place for an end that is not above 0. */
static bool is_given(double end, int log)
{
	return isfinite(end) && (!log || end > 0);
}

struct scale scale_range(const struct chart *c, int y)
{
	const struct chart_axis *axis = y ? &c->y : &c->x;
	struct value_range e = { .min = INFINITY,
				 .max = -INFINITY,
				 .log = scale_is_log(axis) };
	struct scale s = { .log = e.log };
	bool from = is_given(axis->from, e.log), to = is_given(axis->to, e.log);

	for (size_t i = 0; i < c->n_series; i++)
		extend_by(&e, c, c->series[i], y);
	for (size_t i = 0; !y && i < c->n_marks; i++)
		extend(&e, c->marks[i].x);
	if (y && e.min <= e.max && from) /* room above all */
		extend(&e, axis->from);
	settle(&e, axis->unit, y);
	s.from = from ? axis->from : e.min;
	s.to = to ? axis->to : e.max;
	if (s.to <= s.from && from && !to)
		s.to = s.from + fmax(1, fabs(s.from) * 0.05);
	else if (s.to <= s.from && to && !from)
		s.from = s.to - fmax(1, fabs(s.to) * 0.05);
	widen(&s);
	return s;
}
