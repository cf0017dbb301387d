/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/small.h"

#include <inttypes.h>
#include <math.h>

#include "base/plural.h"
#include "chart/theme.h"
#include "output/listing.h"
#include "output/summary_rows.h"
#include "page/cells.h"
#include "page/html.h"
#include "plot/plot.h"

enum {
	WIDTH = 160, /* px */
	HEIGHT = 48,
	POINTS_MOST = 400 /* maximum for a line */
};

struct extent {
	double x0, x1, y1; /* y begins at 0 */
};

static struct extent extent_of(const struct chart *c)
{
	struct extent e = { INFINITY, -INFINITY, 0 };

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i]->n; k++) {
			const struct chart_point *p = &c->series[i]->points[k];

			e.x0 = fmin(e.x0, p->x);
			e.x1 = fmax(e.x1, p->x);
			e.y1 = fmax(e.y1, p->y);
		}
	return e;
}

static void put_line(struct strbuf *out, const struct chart *chart,
		     const struct chart_series *s, const struct extent *e)
{
	const struct colour c = theme_colour(chart, s->colour);
	const size_t step = s->n / POINTS_MOST + 1;
	bool has_begun = false;

	strbuf_printf(out,
		      "<path fill=\"none\" stroke=\"#%02x%02x%02x\" "
		      "stroke-width=\"1.2\" d=\"",
		      c.r, c.g, c.b);
	for (size_t k = 0; k < s->n; k += step) {
		const struct chart_point *p = &s->points[k];

		if (!isfinite(p->y))
			continue;
		strbuf_printf(out, "%c%.1f %.1f", has_begun ? 'L' : 'M',
			      (p->x - e->x0) / (e->x1 - e->x0) * WIDTH,
			      HEIGHT - 1 - p->y / e->y1 * (HEIGHT - 3));
		has_begun = true;
	}
	strbuf_puts(out, "\"/>\n");
}

static void put_words(struct strbuf *out, const struct page_connection *c)
{
	const struct summary_row row = {
		.listing = { c->trace, c->capture, c->conn, NULL },
		.summary = c->summary,
		.direction =
			&c->summary
				 ->direction[page_connection_main(c->summary)],
	};
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s: %zu subflow%s, ", c->name,
		      c->conn->n_subflows, plural(c->conn->n_subflows));
	cells_value(&text, &summary_direction, "unique_bytes", &row);
	strbuf_puts(&text, " to the ");
	cells_value(&text, &summary_direction, "towards", &row);
	strbuf_puts(&text, ", ");
	cells_value(&text, &summary_direction, "goodput_bps", &row);
	html_element(out, "span", text.text);
	strbuf_release(&text);
}

int small_put(struct strbuf *out, const struct page_connection *c,
	      struct error *err)
{
	struct plot plot = { .trace = c->trace,
			     .conn = c->conn,
			     .direction = page_connection_main(c->summary) };
	struct extent e = { 0, 0, 0 };
	struct chart chart;
	int rc = 0;

	chart_init(&chart);
	rc = plot_make(plot_find("rate"), &plot, &chart, err);
	if (rc == 0)
		e = extent_of(&chart);
	strbuf_puts(out, "<div>");
	put_words(out, c);
	if (e.x1 > e.x0 && e.y1 > 0) {
		strbuf_printf(out,
			      "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
			      "aria-label=\"rate over time\">\n",
			      WIDTH, HEIGHT);
		for (size_t i = 0; i < chart.n_series; i++)
			put_line(out, &chart, chart.series[i], &e);
		strbuf_puts(out, "</svg>");
	}
	strbuf_puts(out, "</div>\n");
	chart_release(&chart);
	return rc < 0 && err->kind != EXIT_INPUT ? -1 : 0;
}
