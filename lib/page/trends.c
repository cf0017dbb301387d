/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/trends.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "chart/write.h"
#include "output/human.h"
#include "page/html.h"

/*
 * The median goodput of a direction, bit/s; NAN: unknown for all connections.
 */
static double goodput(struct overview_capture *c, enum direction d)
{
	struct distribution of;

	totals_describe(&c->totals, TOTAL_GOODPUT, d, &of);
	return of.n ? (double)of.p50 / total_scale(TOTAL_GOODPUT) : NAN;
}

static double rest(struct overview_capture *c, enum direction d)
{
	(void)d;
	return c->bytes ? (double)c->rest / (double)c->bytes : NAN;
}

static void put_number(struct strbuf *out, const char *shown, double value)
{
	strbuf_puts(out, "<td class=\"n\" data-v=\"");
	if (isfinite(value))
		strbuf_printf(out, "%.9g", value);
	strbuf_printf(out, "\">%s</td>", isfinite(value) ? shown : "-");
}

static void put_count(struct strbuf *out, size_t n)
{
	strbuf_printf(out, "<td class=\"n\" data-v=\"%zu\">%zu</td>", n, n);
}

void trends_put_row(struct strbuf *out, struct overview_capture *c, size_t i,
		    size_t common)
{
	const double rates[2] = { goodput(c, TO_SERVER),
				  goodput(c, TO_CLIENT) };
	const double best = fmax(rates[0], rates[1]);
	const double share = rest(c, TO_SERVER);
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(out, "<tr><td><a href=\"#capture-%zu\">%zu: ", i, i);
	html_text(out, c->path + common);
	strbuf_puts(out, "</a></td>");
	strbuf_printf(out, "<td class=\"whole\">%s</td>",
		      c->has_time ? utc_text(c->first).text : "-");
	put_count(out, c->connections);
	put_count(out, c->subflows);
	human_bytes(&text, c->bytes);
	put_number(out, text.text, (double)c->bytes);
	strbuf_clear(&text);
	if (isfinite(share))
		human_ratio(&text, share);
	put_number(out, text.text, share);
	strbuf_clear(&text);
	if (isfinite(best))
		human_rate(&text, best);
	put_number(out, text.text, best);
	put_count(out, c->fallbacks);
	strbuf_puts(out, "<td class=\"words\">");
	for (size_t k = 0; k < c->n_causes; k++)
		strbuf_printf(out, "%s%s: %" PRIu64, k ? ", " : "",
			      c->causes[k].cause, c->causes[k].connections);
	if (!c->n_causes)
		strbuf_puts(out, "-");
	strbuf_puts(out, "</td></tr>\n");
	strbuf_release(&text);
}

static void
add_series(struct chart *chart, struct overview_capture *list, size_t n,
	   double (*value)(struct overview_capture *, enum direction),
	   enum direction d, const char *name)
{
	struct chart_series *s = chart_add_series(chart, CHART_LINE, name);

	s->marker = CHART_DOT;
	s->colour = (int)d;
	for (size_t i = 0; i < n; i++)
		chart_add_point(s, (double)i, value(&list[i], d));
}

/* If some values are many times as large as others. */
static bool is_for_log(const struct chart *c)
{
	double least = INFINITY, most = 0;

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i]->n; k++) {
			const double y = c->series[i]->points[k].y;

			least = isfinite(y) ? fmin(least, y) : least;
			most = isfinite(y) ? fmax(most, y) : most;
		}
	return least > 0 && most > 20 * least;
}

static void put_chart(struct strbuf *out, struct chart *chart, const char *ids)
{
	struct error err = ERROR_INIT;
	char *svg = NULL;
	size_t n = 0;
	FILE *file = open_memstream(&svg, &n);

	chart->width = 760;
	chart->height = 260;
	chart->inside = ids;
	chart_set_text(&chart->x.title, "Capture");
	if (file && chart_write(chart, CHART_SVG, file, &err) == 0 &&
	    fclose(file) == 0) {
		strbuf_puts(out, "<figure>\n<div class=\"plot\">");
		strbuf_append(out, svg, n);
		strbuf_puts(out, "</div>\n</figure>\n");
	}
	free(svg);
}

enum {
	CAUSES_MOST = 6 /* maximum number of lines */
};

static uint64_t count_of(const struct overview_capture *c, const char *cause)
{
	uint64_t n = 0;

	for (size_t k = 0; k < c->n_causes; k++)
		if (strcmp(c->causes[k].cause, cause) == 0)
			n += c->causes[k].connections;
	return n;
}

static bool is_drawn(const struct chart *c, const char *cause)
{
	for (size_t i = 0; i < c->n_series; i++)
		if (strcmp(c->series[i]->name, cause) == 0)
			return true;
	return false;
}

/*
 * The most frequent cause over all captures that is not drawn yet; NULL: none.
 */
static const char *most_frequent(const struct chart *chart,
				 const struct overview_capture *list, size_t n)
{
	const char *found = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].n_causes; k++) {
			const char *cause = list[i].causes[k].cause;
			uint64_t all = 0;

			if (is_drawn(chart, cause))
				continue;
			for (size_t j = 0; j < n; j++)
				all += count_of(&list[j], cause);
			if (all > most) {
				most = all;
				found = cause;
			}
		}
	return found;
}

static void put_causes(struct strbuf *out, const struct overview_capture *list,
		       size_t n)
{
	const char *cause = NULL;
	struct chart chart;

	chart_init(&chart);
	chart_set_text(&chart.title, "Share of connections with a cause");
	chart.y.unit = CHART_RATIO;
	chart.y.from = 0;
	while (chart.n_series < CAUSES_MOST &&
	       (cause = most_frequent(&chart, list, n))) {
		struct chart_series *s =
			chart_add_series(&chart, CHART_LINE, cause);

		s->marker = CHART_DOT;
		s->colour = (int)chart.n_series - 1;
		for (size_t i = 0; i < n; i++)
			chart_add_point(
				s, (double)i,
				list[i].connections
					? (double)count_of(&list[i], cause) /
						  (double)list[i].connections
					: NAN);
	}
	if (chart.n_series)
		put_chart(out, &chart, "trend-causes-");
	chart_release(&chart);
}

void trends_put(struct strbuf *out, struct overview_capture *list, size_t n)
{
	struct chart chart;

	chart_init(&chart);
	chart_set_text(&chart.title, "Goodput, median of the connections");
	chart.y.unit = CHART_BITRATE;
	add_series(&chart, list, n, goodput, TO_SERVER, "to the server");
	add_series(&chart, list, n, goodput, TO_CLIENT, "to the client");
	chart.y.log = is_for_log(&chart);
	chart.y.from = chart.y.log ? NAN : 0;
	put_chart(out, &chart, "trend-goodput-");
	chart_release(&chart);
	chart_init(&chart);
	chart_set_text(&chart.title, "Data not carried by the largest subflow");
	chart.y.unit = CHART_RATIO;
	chart.y.from = 0;
	chart.y.to = 1;
	chart.no_legend = true;
	add_series(&chart, list, n, rest, TO_SERVER, "share");
	put_chart(out, &chart, "trend-share-");
	chart_release(&chart);
	put_causes(out, list, n);
}
