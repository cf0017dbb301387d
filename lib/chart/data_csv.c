/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/data_csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "chart/number.h"
#include "chart/unit.h"

struct columns {
	int x1, y1;
};

static struct columns columns_of(const struct chart *c)
{
	struct columns has = { 0, 0 };

	for (size_t i = 0; i < c->n_series; i++) {
		enum chart_style style = c->series[i]->style;

		has.x1 |= style == CHART_BARS;
		has.y1 |= style == CHART_SEGMENTS || style == CHART_AREA;
	}
	return has;
}

/* ",y_bit_per_s" */
static void put_name(FILE *out, const char *prefix, const char *name,
		     enum chart_unit unit)
{
	const char *base = unit_base(unit);

	fprintf(out, ",%s%s%s", prefix, name, *base ? "_" : "");
	for (; *base; base++)
		if (*base == '/')
			fputs("_per_", out);
		else
			fputc(*base, out);
}

static void put_names(const struct chart *c, const char *prefix, FILE *out)
{
	struct columns has = columns_of(c);

	put_name(out, prefix, "x", c->x.unit);
	if (has.x1)
		put_name(out, prefix, "x1", c->x.unit);
	put_name(out, prefix, "y", c->y.unit);
	if (has.y1)
		put_name(out, prefix, "y1", c->y.unit);
}

static int count_columns(const struct chart *c)
{
	struct columns has = columns_of(c);

	return 2 + has.x1 + has.y1;
}

static void put_clock(struct strbuf *sb, const struct chart_axis *axis,
		      double value)
{
	int64_t ns = unit_clock_ns(axis, value);

	strbuf_nanoseconds(sb, ns);
}

/* ",number" */
static void put_number(struct strbuf *sb, const struct chart_axis *axis,
		       double value)
{
	char text[NUMBER_MAX];

	strbuf_putc(sb, ',');
	if (!isfinite(value))
		return;
	if (axis->unit == CHART_CLOCK) {
		put_clock(sb, axis, value);
	} else if (unit_is_raw(axis->unit) && fabs(value) < 0x1p63) {
		strbuf_decimal(sb, unit_raw(axis, (int64_t)rint(value)));
	} else {
		number_shortest(text, value);
		strbuf_puts(sb, text);
	}
}

/* A field, in quotes where it needs them. */
static void put_text(struct strbuf *sb, const char *s)
{
	int quote = s[strcspn(s, ",\"\r\n")] != '\0';

	if (quote)
		strbuf_putc(sb, '"');
	for (; *s; s++) {
		if (*s == '"')
			strbuf_putc(sb, '"');
		strbuf_putc(sb, *s);
	}
	if (quote)
		strbuf_putc(sb, '"');
}

static void put_point(struct strbuf *sb, const struct chart *c,
		      struct columns has, const struct chart_series *s,
		      const struct chart_point *p)
{
	int is_bar = s->style == CHART_BARS;
	int is_range = s->style == CHART_SEGMENTS || s->style == CHART_AREA;

	put_number(sb, &c->x, p->x);
	if (has.x1)
		put_number(sb, &c->x, is_bar ? p->end : NAN);
	put_number(sb, &c->y, p->y);
	if (has.y1)
		put_number(sb, &c->y, is_range ? p->end : NAN);
}

static void put_empty(struct strbuf *sb, int columns)
{
	for (int i = 0; i < columns; i++)
		strbuf_putc(sb, ',');
}

/* Its lines, with empty columns on both sides. */
static void put_lines(const struct chart *c, int before, int behind, FILE *out)
{
	struct strbuf sb = STRBUF_INIT;
	struct columns has = columns_of(c);

	for (size_t i = 0; i < c->n_series; i++) {
		const struct chart_series *s = c->series[i];

		for (size_t k = 0; k < s->n; k++) {
			strbuf_clear(&sb);
			put_text(&sb, s->name ? s->name : "");
			put_empty(&sb, before);
			put_point(&sb, c, has, s, &s->points[k]);
			put_empty(&sb, behind);
			strbuf_putc(&sb, '\n');
			fwrite(sb.text, 1, sb.len, out);
		}
	}
	strbuf_release(&sb);
}

void chart_csv(const struct chart *c, FILE *out)
{
	fputs("series", out);
	put_names(c, "", out);
	if (c->below)
		put_names(c->below, "lower_", out);
	fputc('\n', out);
	put_lines(c, 0, c->below ? count_columns(c->below) : 0, out);
	if (c->below)
		put_lines(c->below, count_columns(c), 0, out);
}
