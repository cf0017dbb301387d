/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG and PDF. */
#include <cairo.h>
#include <cairo-pdf.h>
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chart/canvas.h"

#define POINTS_PER_PX 0.75

/* Any day will do, as long as it is the same each time. */
#define PDF_DATE "2000-01-01T00:00:00Z"

enum {
	STROKE_AT_ONCE = 256 /* long paths of many parts are slow */
};

struct canvas_cairo {
	struct canvas canvas;
	cairo_surface_t *surface;
	cairo_t *cr;
	const char *font;
	FILE *out;
	bool is_png;
};

static struct canvas_cairo *of(struct canvas *cv)
{
	return (struct canvas_cairo *)cv;
}

static cairo_status_t write_bytes(void *out, const unsigned char *bytes,
				  unsigned int n)
{
	return fwrite(bytes, 1, n, out) == n ? CAIRO_STATUS_SUCCESS
					     : CAIRO_STATUS_WRITE_ERROR;
}

static void set_colour(cairo_t *cr, struct colour c)
{
	cairo_set_source_rgba(cr, c.r / 255.0, c.g / 255.0, c.b / 255.0,
			      c.alpha);
}

static void set_pen(cairo_t *cr, const struct pen *pen)
{
	double lengths[6];
	size_t n = pen->dash ? pen->dash->n : 0;

	for (size_t i = 0; i < n; i++)
		lengths[i] = pen->dash->lengths[i] * pen->width;
	set_colour(cr, pen->colour);
	cairo_set_line_width(cr, pen->width);
	cairo_set_dash(cr, lengths, (int)n, 0);
	cairo_set_line_cap(cr, pen->round && n == 0 ? CAIRO_LINE_CAP_ROUND
						    : CAIRO_LINE_CAP_BUTT);
	cairo_set_line_join(cr, pen->round ? CAIRO_LINE_JOIN_ROUND
					   : CAIRO_LINE_JOIN_MITER);
}

static void stroke(struct canvas *cv, const struct path *p,
		   const struct pen *pen)
{
	cairo_t *cr = of(cv)->cr;
	size_t pending = 0;

	set_pen(cr, pen);
	for (size_t i = 0; i < p->n; i++, pending++) {
		const struct path_point *at = &p->points[i];

		if (at->start && pending >= STROKE_AT_ONCE &&
		    pen->colour.alpha >= 1) {
			cairo_stroke(cr);
			pending = 0;
		}
		if (at->start)
			cairo_move_to(cr, at->x, at->y);
		else
			cairo_line_to(cr, at->x, at->y);
	}
	cairo_stroke(cr);
}

static void fill(struct canvas *cv, const struct path *p, struct colour colour)
{
	cairo_t *cr = of(cv)->cr;

	set_colour(cr, colour);
	for (size_t i = 0; i < p->n; i++) {
		const struct path_point *at = &p->points[i];

		if (at->start && i > 0)
			cairo_close_path(cr);
		if (at->start)
			cairo_move_to(cr, at->x, at->y);
		else
			cairo_line_to(cr, at->x, at->y);
	}
	cairo_close_path(cr);
	cairo_fill(cr);
}

static void text(struct canvas *cv, double x, double y, const char *s,
		 const struct text_style *style)
{
	cairo_t *cr = of(cv)->cr;
	cairo_text_extents_t e;

	cairo_save(cr);
	cairo_select_font_face(cr, of(cv)->font, CAIRO_FONT_SLANT_NORMAL,
			       style->bold ? CAIRO_FONT_WEIGHT_BOLD
					   : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, style->size);
	cairo_text_extents(cr, s, &e);
	set_colour(cr, style->colour);
	cairo_translate(cr, x, y);
	if (style->upwards)
		cairo_rotate(cr, -acos(0));
	cairo_move_to(cr,
		      style->anchor == TEXT_START    ? 0
		      : style->anchor == TEXT_MIDDLE ? -e.x_advance / 2
						     : -e.x_advance,
		      0);
	cairo_show_text(cr, s);
	cairo_restore(cr);
}

static void begin(struct canvas *cv, const char *title, const struct box *clip)
{
	cairo_t *cr = of(cv)->cr;

	(void)title;
	cairo_save(cr);
	if (clip) {
		cairo_rectangle(cr, clip->x0, clip->y0, clip->x1 - clip->x0,
				clip->y1 - clip->y0);
		cairo_clip(cr);
	}
}

static void end(struct canvas *cv)
{
	cairo_restore(of(cv)->cr);
}

static void lower(struct canvas *cv, double y)
{
	cairo_translate(of(cv)->cr, 0, y);
}

static int finish(struct canvas *cv, struct error *err)
{
	struct canvas_cairo *c = of(cv);
	cairo_status_t status = cairo_status(c->cr);
	int rc = 0;

	if (status == CAIRO_STATUS_SUCCESS && c->is_png)
		status = cairo_surface_write_to_png_stream(c->surface,
							   write_bytes, c->out);
	cairo_destroy(c->cr);
	cairo_surface_finish(c->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(c->surface);
	if (ferror(c->out))
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot write the chart");
	else if (status != CAIRO_STATUS_SUCCESS)
		rc = error_set(err, EXIT_SYSTEM, "cannot draw the chart: %s",
			       cairo_status_to_string(status));
	cairo_surface_destroy(c->surface);
	free(c);
	return rc;
}

static const struct canvas_ops ops = { stroke, fill,  text,  begin,
				       end,    lower, finish };

static struct canvas *make(const struct page *page, cairo_surface_t *surface,
			   double scale, FILE *out)
{
	struct canvas_cairo *c = mem_calloc(1, sizeof(*c));
	cairo_font_options_t *font = cairo_font_options_create();

	c->canvas.ops = &ops;
	c->surface = surface;
	c->cr = cairo_create(surface);
	c->out = out;
	cairo_font_options_set_antialias(font, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
	cairo_set_font_options(c->cr, font);
	c->font = page->font;
	cairo_font_options_destroy(font);
	cairo_scale(c->cr, scale, scale);
	set_colour(c->cr, page->background);
	cairo_paint(c->cr);
	return &c->canvas;
}

struct canvas *canvas_png(const struct page *page, FILE *out)
{
	double scale = page->dpi / 96.0;
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)rint(page->width * scale),
		(int)rint(page->height * scale));
	struct canvas *cv = make(page, surface, scale, out);

	of(cv)->is_png = true;
	return cv;
}

struct canvas *canvas_pdf(const struct page *page, FILE *out)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		write_bytes, out, page->width * POINTS_PER_PX,
		page->height * POINTS_PER_PX);

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
				       PDF_DATE);
	if (page->title)
		cairo_pdf_surface_set_metadata(
			surface, CAIRO_PDF_METADATA_TITLE, page->title);
	return make(page, surface, POINTS_PER_PX, out);
}

void canvas_forget_fonts(void)
{
	void *fini = dlsym(RTLD_DEFAULT, "FcFini");
	void (*call)(void) = NULL;

	cairo_debug_reset_static_data();
	memcpy(&call, &fini, sizeof(call));
	if (call)
		call();
}
