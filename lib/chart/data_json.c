/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/data_json.h"

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/strbuf.h"
#include "chart/number.h"
#include "chart/scale.h"
#include "chart/unit.h"

/* A string, or null. */
static void put_text(FILE *out, const char *s)
{
	json_t *text = s ? json_string(s) : json_null();

	if (json_dumpf(text, out, JSON_ENCODE_ANY) < 0)
		fputs("null", out);
	json_decref(text);
}

static void put_key(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\": ", key);
	put_text(out, text);
}

static void put_axis(FILE *out, const char *key, const struct chart_axis *axis)
{
	const char *unit = unit_base(axis->unit);
	struct strbuf epoch = STRBUF_INIT;

	fprintf(out, "\"%s\": {", key);
	put_key(out, "title", axis->title);
	fputs(", ", out);
	put_key(out, "unit", *unit ? unit : NULL);
	fputs(", ", out);
	put_key(out, "scale", scale_is_log(axis) ? "log" : "linear");
	if (axis->unit == CHART_CLOCK) {
		strbuf_nanoseconds(&epoch, axis->epoch_ns);
		fprintf(out, ", \"epoch\": \"%s\"", epoch.text);
	}
	if (unit_is_raw(axis->unit))
		fprintf(out, ", \"origin\": \"%" PRIu64 "\"", axis->origin);
	fputs("}", out);
	strbuf_release(&epoch);
}

static void put_number(FILE *out, double value)
{
	char text[NUMBER_MAX];

	if (isfinite(value)) {
		number_shortest(text, value);
		fputs(text, out);
	} else {
		fputs("null", out);
	}
}

static const struct {
	const char *name, *columns;
	int values;
} styles[] = {
	[CHART_LINE] = { "line", "\"x\", \"y\"", 2 },
	[CHART_STEP] = { "step", "\"x\", \"y\"", 2 },
	[CHART_POINTS] = { "points", "\"x\", \"y\"", 2 },
	[CHART_SEGMENTS] = { "segments", "\"x\", \"y\", \"y1\"", 3 },
	[CHART_AREA] = { "area", "\"x\", \"y\", \"y1\"", 3 },
	[CHART_BARS] = { "bars", "\"x\", \"y\", \"x1\"", 3 },
};

static void put_series(FILE *out, const struct chart_series *s)
{
	fputs("{", out);
	put_key(out, "name", s->name);
	fprintf(out, ", \"style\": \"%s\", \"columns\": [%s], \"points\": [",
		styles[s->style].name, styles[s->style].columns);
	for (size_t i = 0; i < s->n; i++) {
		const double values[] = { s->points[i].x, s->points[i].y,
					  s->points[i].end };

		for (int k = 0; k < styles[s->style].values; k++) {
			fputs(k ? ", " : i ? ",\n[" : "\n[", out);
			put_number(out, values[k]);
		}
		fputs("]", out);
	}
	fputs("]}", out);
}

static void put_chart(const struct chart *c, FILE *out)
{
	fputs("{", out);
	put_key(out, "title", c->title);
	fputs(",\n", out);
	put_key(out, "subtitle", c->subtitle);
	fputs(",\n", out);
	put_axis(out, "x", &c->x);
	fputs(",\n", out);
	put_axis(out, "y", &c->y);
	fputs(",\n\"series\": [", out);
	for (size_t i = 0; i < c->n_series; i++) {
		fputs(i ? ",\n" : "\n", out);
		put_series(out, c->series[i]);
	}
	fputs("],\n\"marks\": [", out);
	for (size_t i = 0; i < c->n_marks; i++) {
		fputs(i ? ",\n{\"x\": " : "\n{\"x\": ", out);
		put_number(out, c->marks[i].x);
		fputs(", ", out);
		put_key(out, "label", c->marks[i].label);
		fputs("}", out);
	}
	fputs("]", out);
	if (c->below) {
		fputs(",\n\"below\": ", out);
		put_chart(c->below, out);
	}
	fputs("}", out);
}

void chart_json(const struct chart *c, FILE *out)
{
	put_chart(c, out);
	fputs("\n", out);
}
