/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/figure.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "page/html.h"

enum {
	WIDTH = 760,
	HEIGHT = 340,
	TWO = 480, /* px, for two charts, one below the other */
	LEFT = 70, /* px, left of all plots, so that their time axes align */
	RIGHT = 20
};

/*
 * The text of the chart is its heading; a description is for people who cannot
 * see it.
 */
static void put(struct strbuf *out, const struct plot_kind *kind,
		const char *svg, size_t n)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(out, "<figure>\n<div class=\"plot\">");
	strbuf_append(out, svg, n);
	strbuf_puts(out, "</div>\n<figcaption>");
	strbuf_putc(&text, (char)toupper((unsigned char)*kind->help));
	strbuf_printf(&text, "%s.", kind->help + 1);
	html_text(out, text.text);
	strbuf_release(&text);
	strbuf_puts(out, "</figcaption>\n</figure>\n");
}

int figure_put(struct strbuf *out, const char *name, const struct plot *plot,
	       double from, double to, const char *ids, struct error *err)
{
	const struct plot_kind *kind = plot_find(name);
	struct plot_look look = { .width = WIDTH,
				  .height = HEIGHT,
				  .grows = true,
				  .dpi = 96,
				  .from = from,
				  .to = to,
				  .y_to = NAN,
				  .format = CHART_SVG };
	struct chart chart;
	char *svg = NULL;
	size_t n = 0;
	FILE *file = NULL;
	int rc = 0;

	chart_init(&chart);
	rc = plot_make(kind, plot, &chart, err);
	if (rc < 0) {
		chart_release(&chart);
		return err->kind == EXIT_INPUT ? 0 : -1;
	}
	file = open_memstream(&svg, &n);
	if (!file) {
		chart_release(&chart);
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot draw '%s'", name);
	}
	if (chart.below)
		look.height = TWO;
	chart.inside = ids;
	chart.left = LEFT;
	chart.right = RIGHT;
	chart_set_text(&chart.subtitle, NULL);
	rc = plot_write(&chart, &look, file, err);
	if (fclose(file) != 0 && rc == 0)
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot draw '%s'", name);
	if (rc == 0)
		put(out, kind, svg, n);
	free(svg);
	chart_release(&chart);
	return rc;
}
