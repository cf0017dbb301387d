/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/write.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "chart/canvas.h"
#include "chart/data_csv.h"
#include "chart/data_json.h"
#include "chart/draw.h"
#include "chart/text_chart.h"
#include "chart/xpl.h"

static const struct {
	const char *name;
	const char *suffix; /* NULL: the name */
	struct canvas *(*open)(const struct page *, FILE *); /* a picture */
	void (*print)(const struct chart *, FILE *);	     /* or text */
} formats[] = {
	[CHART_PNG] = { "png", NULL, canvas_png, NULL },
	[CHART_SVG] = { "svg", NULL, canvas_svg, NULL },
	[CHART_PDF] = { "pdf", NULL, canvas_pdf, NULL },
	[CHART_XPL] = { "xpl", NULL, NULL, chart_xpl },
	[CHART_CSV] = { "csv", NULL, NULL, chart_csv },
	[CHART_JSON] = { "json", NULL, NULL, chart_json },
	[CHART_TEXT] = { "text", "txt", NULL, chart_text },
};

enum {
	FORMATS = sizeof(formats) / sizeof(formats[0])
};

const char *chart_format_name(int format)
{
	return format >= 0 && format < FORMATS ? formats[format].name : NULL;
}

int chart_format_from_name(const char *name)
{
	for (int i = 0; i < FORMATS; i++)
		if (strcmp(name, formats[i].name) == 0)
			return i;
	return -1;
}

int chart_format_from_suffix(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (int i = 0; dot && i < FORMATS; i++)
		if (strcasecmp(dot + 1, formats[i].suffix
						? formats[i].suffix
						: formats[i].name) == 0)
			return i;
	return -1;
}

bool chart_is_picture(enum chart_format format)
{
	return formats[format].open != NULL;
}

int chart_check_size(enum chart_format format, double width, double height,
		     struct error *err)
{
	bool text = format == CHART_TEXT;
	int least_width = text ? CHART_TEXT_WIDTH_MIN : CHART_WIDTH_MIN;
	int least_height = text ? CHART_TEXT_HEIGHT_MIN : CHART_HEIGHT_MIN;
	int most = text ? CHART_TEXT_SIZE_MAX : CHART_SIZE_MAX;

	if (text && (width != rint(width) || height != rint(height)))
		return error_set(
			err, EXIT_USAGE,
			"invalid value for --size: give the size of text in "
			"characters, without a unit, as 80x24");
	if (width >= least_width && height >= least_height && width <= most &&
	    height <= most)
		return 0;
	return error_set(
		err, EXIT_USAGE,
		"invalid value %.0fx%.0f for --size: give %dx%d to %dx%d %s",
		width, height, least_width, least_height, most, most,
		text ? "characters"
		     : "pixels, 96 to the inch, or a unit, as 84x60mm");
}

static int check_size(const struct chart *c, enum chart_format format,
		      struct error *err)
{
	if (chart_check_size(format, c->width, c->height, err) < 0)
		return -1;
	if (format == CHART_TEXT)
		return 0;
	if (c->dpi < CHART_DPI_MIN || c->dpi > CHART_DPI_MAX)
		return error_set(err, EXIT_USAGE,
				 "invalid value %d for --dpi: give dots per "
				 "inch from %d to %d",
				 c->dpi, CHART_DPI_MIN, CHART_DPI_MAX);
	return 0;
}

static int write_picture(const struct chart *c, enum chart_format format,
			 FILE *out, struct error *err)
{
	struct page page = { .width = c->width,
			     .height = c->height,
			     .dpi = c->dpi,
			     .title = c->title,
			     .inside = c->inside,
			     .font = c->font ? c->font : "sans-serif",
			     .background = theme_of(c->theme)->background };
	struct canvas *cv;

	cv = formats[format].open(&page, out);
	draw_chart(c, cv);
	return canvas_finish(cv, err);
}

int chart_write(const struct chart *c, enum chart_format format, FILE *out,
		struct error *err)
{
	if ((chart_is_picture(format) || format == CHART_TEXT) &&
	    check_size(c, format, err) < 0)
		return -1;
	if (formats[format].print)
		formats[format].print(c, out);
	else if (write_picture(c, format, out, err) < 0)
		return -1;
	if (fflush(out) != 0 || ferror(out))
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot write the chart");
	return 0;
}
