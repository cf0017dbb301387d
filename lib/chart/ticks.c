/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/ticks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "chart/number.h"

#define SECOND 1000000000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define MINUS "\xe2\x88\x92"
#define TIMES "\xc3\x97"

enum {
	LEVELS_MAX = 64, /* of coarser and coarser steps */
	PLAIN_EXPONENT = 6,
	LOG_PLAIN_EXPONENT = 4,
	MINOR_PX = 4
};

/* What is being made; "tight" allows labels to come close. */
struct maker {
	struct ticks *t;
	const struct chart_axis *axis;
	const struct scale *scale;
	const struct ticks_room *room;
	double factor;
	int tight;
};

static struct tick *push(const struct maker *m, double value)
{
	struct tick *tick = MEM_PUSH(m->t->items, m->t->n, m->t->cap);

	tick->value = fmin(fmax(value, m->scale->from), m->scale->to);
	tick->label[0] = '\0';
	return tick;
}

static double length_of(const struct maker *m)
{
	return fabs(m->scale->at_end - m->scale->at);
}

/* The least distance of labels, px, before their widths are known. */
static double least_distance(const struct maker *m)
{
	double lines = m->room->vertical ? 3.5 : 5.5;

	return m->room->size * (m->tight ? 1.5 : lines);
}

static double label_width(const struct maker *m, const struct tick *t)
{
	return m->room->vertical
		       ? m->room->size
		       : text_width(t->label, m->room->size, m->room->font);
}

/* Whether neighbours keep apart. */
static bool fits(const struct maker *m)
{
	double gap = m->room->size * (m->tight		  ? 0.5
				      : m->room->vertical ? 1
							  : 1.6);

	for (size_t i = 1; i < m->t->n; i++) {
		const struct tick *a = &m->t->items[i - 1], *b = a + 1;
		double distance = fabs(scale_pixel(m->scale, b->value) -
				       scale_pixel(m->scale, a->value));

		if (distance <
		    gap + (label_width(m, a) + label_width(m, b)) / 2)
			return false;
	}
	return true;
}

/*
 * Take the finest level whose labels fit.  "fill" makes the ticks of a level,
 * from 0 on, and returns 0 when there is no such level.
 */
static int choose(struct maker *m, int (*fill)(const struct maker *, int))
{
	for (m->tight = 0; m->tight < 2; m->tight++)
		for (int level = 0; level < LEVELS_MAX; level++) {
			m->t->n = 0;
			if (!fill(m, level))
				break;
			if (fits(m) && (m->t->n > 1 || m->tight))
				return level;
		}
	m->tight = 1;
	return -1;
}

/* m times 10 to the power of e. */
struct step {
	int m, e;
};

static double step_value(struct step s)
{
	return s.e < 0 ? s.m / pow(10, -s.e) : s.m * pow(10, s.e);
}

/* The level-th step of 1, 2 or 5 times a power of ten that is >= least. */
static struct step step_at(double least, int level)
{
	static const int mantissas[] = { 1, 2, 5 };
	struct step s = { .m = 1, .e = (int)floor(log10(least)) };
	int i = 0;

	while (step_value(s) < least * (1 - 1e-9) || level-- > 0) {
		i++;
		s.m = mantissas[i % 3];
		s.e += i % 3 == 0;
	}
	return s;
}

static struct step linear_step(const struct maker *m, int level)
{
	double span = (m->scale->to - m->scale->from) / m->factor;

	return step_at(span * least_distance(m) / length_of(m), level);
}

static void superscript(char *buf, size_t size, int exponent)
{
	static const char *const digits[] = { "\xe2\x81\xb0", "\xc2\xb9",
					      "\xc2\xb2",     "\xc2\xb3",
					      "\xe2\x81\xb4", "\xe2\x81\xb5",
					      "\xe2\x81\xb6", "\xe2\x81\xb7",
					      "\xe2\x81\xb8", "\xe2\x81\xb9" };
	char plain[16];
	size_t n = 0;

	buf[0] = '\0';
	snprintf(plain, sizeof(plain), "%d", exponent);
	for (const char *p = plain; *p; p++)
		n += (size_t)snprintf(buf + n, size - n, "%s",
				      *p == '-' ? "\xe2\x81\xbb"
						: digits[*p - '0']);
}

/* "-1.5" with a true minus, and "x10^9" behind it when exponent is not 0. */
static void print_number(struct tick *t, double value, int decimals,
			 int exponent)
{
	char digits[TICK_LABEL_MAX / 2], power[TICK_LABEL_MAX / 2] = "";

	number_fixed(digits, sizeof(digits), value, decimals);
	if (exponent != 0 && value != 0)
		superscript(power, sizeof(power), exponent);
	snprintf(t->label, sizeof(t->label), "%s%s%s%s",
		 digits[0] == '-' ? MINUS : "", digits + (digits[0] == '-'),
		 power[0] ? TIMES "10" : "", power);
}

/* The power of ten to be written out; 0 for plain numbers. */
static int linear_exponent(const struct maker *m, struct step s)
{
	double max = fmax(fabs(m->scale->from), fabs(m->scale->to)) / m->factor;
	int top = (int)floor(log10(max));

	return top > PLAIN_EXPONENT || s.e < -PLAIN_EXPONENT ? top : 0;
}

static int linear_fill(const struct maker *m, int level)
{
	struct step s = linear_step(m, level);
	double step = step_value(s) * m->factor;
	double last = floor(m->scale->to / step + 1e-6);
	int exponent = linear_exponent(m, s);
	int decimals = exponent - s.e > 0 ? exponent - s.e : 0;

	for (double k = ceil(m->scale->from / step - 1e-6); k <= last; k++)
		print_number(push(m, k * step),
			     s.e < 0 && exponent == 0
				     ? k * s.m / pow(10, -s.e)
				     : k * s.m * pow(10, s.e - exponent),
			     decimals, exponent);
	return 1;
}

static void minors(const struct maker *m, double from, double step)
{
	double px = length_of(m) * step / (m->scale->to - m->scale->from);

	if (!m->scale->log && px < MINOR_PX)
		return;
	for (double k = ceil((m->scale->from - from) / step);
	     from + k * step <= m->scale->to; k++)
		push(m, from + k * step);
}

static void linear_make(struct maker *m)
{
	int level = choose(m, linear_fill);

	if (level >= 0) {
		struct step s = linear_step(m, level);

		minors(m, 0, step_value(s) * m->factor / (s.m == 2 ? 4 : 5));
	}
}

/* A label at a power of ten, or at d times that. */
static void log_print(const struct maker *m, struct tick *t, int d, int e)
{
	double top = fmax(fabs(log10(m->scale->from / m->factor)),
			  fabs(log10(m->scale->to / m->factor)));
	char power[TICK_LABEL_MAX / 2];

	if (top < LOG_PLAIN_EXPONENT + 1) {
		print_number(t, e < 0 ? d / pow(10, -e) : d * pow(10, e),
			     e < 0 ? -e : 0, 0);
		return;
	}
	superscript(power, sizeof(power), e);
	if (d == 1)
		snprintf(t->label, sizeof(t->label), "10%s", power);
	else
		snprintf(t->label, sizeof(t->label), "%d" TIMES "10%s", d,
			 power);
}

/* Level 0: 1, 2, 5 of each decade; then each decade, each second, ... */
static int log_fill(const struct maker *m, int level)
{
	static const int mantissas[] = { 1, 2, 5 };
	double from = m->scale->from / m->factor;
	double to = m->scale->to / m->factor;

	for (int e = (int)floor(log10(from)); e <= ceil(log10(to)); e++)
		for (int i = 0; i < (level ? 1 : 3); i++) {
			double v = mantissas[i] * pow(10, e);

			if (v < from * (1 - 1e-9) || v > to * (1 + 1e-9) ||
			    (level > 1 && e % level != 0))
				continue;
			log_print(m, push(m, v * m->factor), mantissas[i], e);
		}
	return 1;
}

static void log_make(struct maker *m)
{
	double decades = log10(m->scale->to / m->scale->from);
	double from = m->scale->from / m->factor;

	if (decades < 0.7) {
		linear_make(m);
		return;
	}
	choose(m, log_fill);
	if (length_of(m) / decades < 8 * MINOR_PX)
		return;
	for (int e = (int)floor(log10(from));
	     pow(10, e) * m->factor <= m->scale->to; e++)
		for (int d = 1; d < 10; d++) {
			double v = d * pow(10, e) * m->factor;

			if (v >= m->scale->from && v <= m->scale->to)
				push(m, v);
		}
}

/* The step of a level in ns; *parts are what minor ticks divide it into. */
static int64_t clock_step(double least, int level, int *parts)
{
	static const struct {
		int64_t ns;
		int parts;
	} steps[] = {
		{ SECOND, 5 },	    { 2 * SECOND, 4 },	{ 5 * SECOND, 5 },
		{ 10 * SECOND, 5 }, { 15 * SECOND, 3 }, { 30 * SECOND, 3 },
		{ MINUTE, 6 },	    { 2 * MINUTE, 4 },	{ 5 * MINUTE, 5 },
		{ 10 * MINUTE, 5 }, { 15 * MINUTE, 3 }, { 30 * MINUTE, 3 },
		{ HOUR, 6 },	    { 2 * HOUR, 4 },	{ 3 * HOUR, 3 },
		{ 6 * HOUR, 6 },    { 12 * HOUR, 4 },	{ DAY, 4 },
	};
	struct step s = { .m = 1 };

	if (least < SECOND / 2.0) {
		s = step_at(fmax(least, 1), 0);
		for (int l = level; l > 0; l--) {
			if (step_value(s) >= SECOND)
				return clock_step(SECOND, l, parts);
			s = step_at(step_value(s), 1);
		}
		*parts = s.m == 2 ? 4 : 5;
		return (int64_t)step_value(s);
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((double)steps[i].ns >= least * (1 - 1e-9) && level-- == 0) {
			*parts = steps[i].parts;
			return steps[i].ns;
		}
	s = step_at(fmax(least / DAY, 2), level);
	*parts = s.m == 2 ? 2 : 5;
	return step_value(s) > 5e4 ? 0 : (int64_t)step_value(s) * DAY;
}

static int64_t clock_step_of(const struct maker *m, int level, int *parts)
{
	return clock_step((m->scale->to - m->scale->from) * 1e9 *
				  least_distance(m) / length_of(m),
			  level, parts);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int clock_digits(int64_t step)
{
	int digits = 0;

	for (; step < SECOND; step *= 10)
		digits++;
	return digits;
}

static void clock_print(struct tick *t, int64_t ns, int64_t step, int64_t span)
{
	time_t whole = floor_div(ns, SECOND);
	char fraction[16], *label = t->label;
	struct tm tm = { .tm_mday = 1 };
	int digits = clock_digits(step);

	gmtime_r(&whole, &tm);
	if (step >= DAY)
		snprintf(label, TICK_LABEL_MAX, "%04d-%02d-%02d",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	else if (span >= DAY)
		snprintf(label, TICK_LABEL_MAX, "%02d-%02d %02d:%02d",
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
	else if (step >= MINUTE)
		snprintf(label, TICK_LABEL_MAX, "%02d:%02d", tm.tm_hour,
			 tm.tm_min);
	else {
		snprintf(fraction, sizeof(fraction), ".%09lld",
			 (long long)(ns - whole * SECOND));
		snprintf(label, TICK_LABEL_MAX, "%02d:%02d:%02d%.*s",
			 tm.tm_hour, tm.tm_min, tm.tm_sec,
			 digits ? digits + 1 : 0, fraction);
	}
}

static double clock_value(const struct maker *m, int64_t ns)
{
	return (double)((__int128)ns - m->axis->epoch_ns) / 1e9;
}

static int clock_fill(const struct maker *m, int level)
{
	int64_t from = unit_clock_ns(m->axis, m->scale->from);
	int64_t to = unit_clock_ns(m->axis, m->scale->to);
	int parts;
	int64_t step = clock_step_of(m, level, &parts);

	if (step == 0)
		return 0;
	for (__int128 ns = (__int128)-floor_div(-from, step) * step; ns <= to;
	     ns += step)
		clock_print(push(m, clock_value(m, (int64_t)ns)), (int64_t)ns,
			    step, to - from);
	return 1;
}

static void clock_make(struct maker *m)
{
	int level = choose(m, clock_fill), parts = 1;

	if (level >= 0 && m->t->n > 0) {
		int64_t step = clock_step_of(m, level, &parts);

		minors(m, m->t->items[0].value, (double)step / 1e9 / parts);
	}
}

static uint64_t raw_step(const struct maker *m, int level)
{
	double span = m->scale->to - m->scale->from;
	double least = span * least_distance(m) / length_of(m);
	double step = step_value(step_at(fmax(least, 1), level));

	return step < 1e19 ? (uint64_t)step : 0;
}

static int raw_fill(const struct maker *m, int level)
{
	uint64_t step = raw_step(m, level);
	__int128 value = (__int128)ceil(m->scale->from);
	uint64_t number = m->axis->origin + (uint64_t)value;
	uint64_t skip = step ? (step - number % step) % step : 0;

	if (step == 0)
		return 0;
	for (value += skip; (double)value <= m->scale->to; value += step)
		snprintf(push(m, (double)value)->label, TICK_LABEL_MAX, "%llu",
			 (unsigned long long)unit_raw(m->axis, (int64_t)value));
	return 1;
}

static void raw_make(struct maker *m)
{
	int level = choose(m, raw_fill);
	double step = level < 0 ? 0 : (double)raw_step(m, level);

	if (step >= 10 && m->t->n > 0)
		minors(m, m->t->items[0].value,
		       step / (fmod(log10(step / 2), 1) == 0 ? 4 : 5));
}

/* Whether values and labels are far from the ends of 64 bits. */
static bool is_exact(const struct maker *m)
{
	const struct scale *s = m->scale;
	double most = m->axis->unit == CHART_CLOCK ? 4e9 : 0x1p62;

	return fabs(s->from) < most && fabs(s->to) < most &&
	       llabs(m->axis->epoch_ns / 2) < INT64_MAX / 4;
}

void ticks_make(struct ticks *t, const struct chart_axis *axis,
		const struct scale *s, const struct ticks_room *room)
{
	double most = fmax(fabs(s->from), fabs(s->to));
	const struct unit_multiple *u = unit_pick(
		axis->unit, s->log && axis->unit == CHART_COUNT ? 0 : most);
	struct maker m = { .t = t,
			   .axis = axis,
			   .scale = s,
			   .room = room,
			   .factor = u->factor };

	t->n = 0;
	t->symbol = u->symbol;
	if (length_of(&m) < room->size)
		return;
	if (s->log)
		log_make(&m);
	else if (axis->unit == CHART_CLOCK && is_exact(&m))
		clock_make(&m);
	else if (unit_is_raw(axis->unit) && is_exact(&m))
		raw_make(&m);
	else
		linear_make(&m);
}

double ticks_width(const struct ticks *t, const struct ticks_room *room)
{
	double widest = 0;

	for (size_t i = 0; i < t->n; i++)
		widest = fmax(widest, text_width(t->items[i].label, room->size,
						 room->font));
	return widest;
}

void ticks_release(struct ticks *t)
{
	free(t->items);
	*t = (struct ticks){ .items = NULL };
}
