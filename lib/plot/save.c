/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write a chart to a file. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "chart/layout.h"
#include "chart/text_chart.h"
#include "os/tempfile.h"
#include "plot/plot.h"

/* The requested range, in the unit of the axis. */
static void set_axis(const struct plot_look *look, struct chart_axis *x)
{
	if (isfinite(look->from))
		x->from = look->from;
	if (isfinite(look->to))
		x->to = look->to;
	if (x->unit == CHART_SECONDS && look->absolute && x->epoch_ns)
		x->unit = CHART_CLOCK;
}

/* Default sizes: pictures 800 by 600 px, text as wide as its terminal. */
static void set_size(const struct plot_look *look, struct chart *c)
{
	bool text = look->format == CHART_TEXT;
	int columns = look->terminal.columns ? look->terminal.columns : 80;

	if (columns < CHART_TEXT_WIDTH_MIN)
		columns = CHART_TEXT_WIDTH_MIN;
	if (columns > CHART_TEXT_SIZE_MAX)
		columns = CHART_TEXT_SIZE_MAX;
	c->width = text ? columns : 800;
	c->height =
		text ? chart_text_height(c, columns, look->terminal.rows) : 600;
	if (look->width > 0)
		c->width = look->width;
	if (look->height > 0)
		c->height = look->height;
	if (!text && (look->grows || look->height <= 0))
		c->height += ceil(layout_legend_excess(c));
}

static void set_fonts(const struct plot_look *look, struct chart *c)
{
	c->font = look->font;
	c->no_heading = look->no_heading;
	c->palette = look->palette;
	c->n_palette = look->n_palette;
	if (look->font_size > 0)
		c->scale = layout_scale_of(look->font_size);
}

static void set_look(const struct plot_look *look, struct chart *c)
{
	if (look->title)
		chart_set_text(&c->title, "%s", look->title);
	/*
	 * For a distribution above a plot over time, the range is that of the
	 * time.
	 */
	if (!c->below || c->x.unit == CHART_SECONDS)
		set_axis(look, &c->x);
	if (c->below)
		set_axis(look, &c->below->x);
	if (isfinite(look->y_to))
		c->y.to = look->y_to;
	c->theme = look->theme;
	set_fonts(look, c);
	c->dpi = look->dpi;
	c->ascii = !look->terminal.utf8;
	c->colours = look->terminal.colours;
	set_size(look, c);
}

/* Pictures are as readable as the user's umask allows. */
static void share(FILE *file)
{
	mode_t mask = umask(077);

	umask(mask);
	(void)!fchmod(fileno(file), 0666 & ~mask);
}

/* Special files such as /dev/stdout are written to directly. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static int save_special(const struct chart *c, enum chart_format format,
			const char *path, struct error *err)
{
	FILE *out = fopen(path, "w");
	int rc = 0;

	if (!out)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot write '%s'", path);
	rc = chart_write(c, format, out, err);
	if (fclose(out) != 0 && rc == 0)
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot write '%s'", path);
	return rc;
}

int plot_write(struct chart *c, const struct plot_look *look, FILE *out,
	       struct error *err)
{
	set_look(look, c);
	return chart_write(c, look->format, out, err);
}

int plot_save(struct chart *c, const struct plot_look *look, const char *path,
	      struct error *err)
{
	struct tempfile file = { .stream = NULL };

	set_look(look, c);
	if (strcmp(path, "-") == 0)
		return chart_write(c, look->format, stdout, err);
	if (is_special(path))
		return save_special(c, look->format, path, err);
	if (tempfile_create(&file, path, err) < 0)
		return -1;
	share(file.stream);
	if (chart_write(c, look->format, file.stream, err) < 0) {
		tempfile_drop(&file);
		return -1;
	}
	return tempfile_commit(&file, TEMPFILE_NOSYNC, err);
}

int plot_draw(const struct plot_kind *kind, const struct plot *p,
	      const struct plot_look *look, const char *path, struct error *err)
{
	struct chart chart;
	int rc = 0;

	chart_init(&chart);
	rc = plot_make(kind, p, &chart, err);
	if (rc == 0)
		rc = plot_save(&chart, look, path, err);
	chart_release(&chart);
	return rc;
}
