/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SVG with text as text, which cairo would turn into outlines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "chart/canvas.h"

/* Positions are written in hundredths of a px, at most these. */
#define HUNDREDTHS_MAX 1e8

struct canvas_svg {
	struct canvas canvas;
	struct strbuf sb;
	FILE *out;
	const char *ids; /* they begin with this */
	struct box clip; /* the last one that was defined */
	int n_clips;
	int lowered; /* groups that are open for it */
};

static struct canvas_svg *of(struct canvas *cv)
{
	return (struct canvas_svg *)cv;
}

static long hundredths(double px)
{
	return lrint(fmin(fmax(px * 100, -HUNDREDTHS_MAX), HUNDREDTHS_MAX));
}

/* A number of hundredths with no digit too many: "-1.5", ".25". */
static void put_hundredths(struct strbuf *sb, long v)
{
	long part = labs(v) % 100;

	if (v < 0)
		strbuf_putc(sb, '-');
	if (labs(v) >= 100 || part == 0)
		strbuf_decimal(sb, (uint64_t)(labs(v) / 100));
	if (part == 0)
		return;
	strbuf_putc(sb, '.');
	strbuf_putc(sb, (char)('0' + part / 10));
	if (part % 10)
		strbuf_putc(sb, (char)('0' + part % 10));
}

static void put_attribute(struct strbuf *sb, const char *name, double value)
{
	strbuf_printf(sb, " %s=\"", name);
	put_hundredths(sb, hundredths(value));
	strbuf_putc(sb, '"');
}

static void put_escaped(struct strbuf *sb, const char *s)
{
	for (; *s; s++)
		if (*s == '<')
			strbuf_puts(sb, "&lt;");
		else if (*s == '>')
			strbuf_puts(sb, "&gt;");
		else if (*s == '&')
			strbuf_puts(sb, "&amp;");
		else
			strbuf_putc(sb, *s);
}

static void put_title(struct strbuf *sb, const char *title)
{
	if (title) {
		strbuf_puts(sb, "<title>");
		put_escaped(sb, title);
		strbuf_puts(sb, "</title>\n");
	}
}

/* fill="#rrggbb" fill-opacity="0.6" */
static void put_colour(struct strbuf *sb, const char *what, struct colour c)
{
	strbuf_printf(sb, " %s=\"#%02x%02x%02x\"", what, c.r, c.g, c.b);
	if (c.alpha < 1) {
		strbuf_printf(sb, " %s-opacity=\"", what);
		put_hundredths(sb, hundredths(c.alpha));
		strbuf_putc(sb, '"');
	}
}

/* Where the path is, and the last command, which need not be repeated. */
struct cursor {
	long x, y;
	char command;
};

static void put_command(struct strbuf *sb, struct cursor *c, char command,
			long v)
{
	if (command != c->command)
		strbuf_putc(sb, command);
	else if (v >= 0)
		strbuf_putc(sb, ' ');
	c->command = command;
	put_hundredths(sb, v);
}

static void put_point(struct strbuf *sb, struct cursor *c,
		      const struct path_point *p)
{
	long x = hundredths(p->x), y = hundredths(p->y);
	long dx = x - c->x, dy = y - c->y;

	if (p->start || (dx != 0 && dy != 0)) {
		put_command(sb, c, p->start ? 'm' : 'l', dx);
		if (dy >= 0)
			strbuf_putc(sb, ' ');
		put_hundredths(sb, dy);
		c->command = 'l';
	} else {
		put_command(sb, c, dx != 0 || dy == 0 ? 'h' : 'v',
			    dx != 0 ? dx : dy);
	}
	c->x = x;
	c->y = y;
}

static void put_path(struct strbuf *sb, const struct path *p)
{
	struct cursor c = { .command = 0 };

	strbuf_puts(sb, "<path d=\"");
	for (size_t i = 0; i < p->n; i++) {
		if (p->points[i].start)
			c.command = 0;
		put_point(sb, &c, &p->points[i]);
	}
	strbuf_putc(sb, '"');
}

static void stroke(struct canvas *cv, const struct path *p,
		   const struct pen *pen)
{
	struct strbuf *sb = &of(cv)->sb;
	size_t n = pen->dash ? pen->dash->n : 0;

	put_path(sb, p);
	strbuf_puts(sb, " fill=\"none\"");
	put_colour(sb, "stroke", pen->colour);
	put_attribute(sb, "stroke-width", pen->width);
	for (size_t i = 0; i < n; i++) {
		strbuf_puts(sb, i == 0 ? " stroke-dasharray=\"" : " ");
		put_hundredths(sb,
			       hundredths(pen->dash->lengths[i] * pen->width));
	}
	if (n > 0)
		strbuf_putc(sb, '"');
	if (pen->round)
		strbuf_puts(sb, " stroke-linejoin=\"round\"");
	if (pen->round && n == 0)
		strbuf_puts(sb, " stroke-linecap=\"round\"");
	strbuf_puts(sb, "/>\n");
}

static void fill(struct canvas *cv, const struct path *p, struct colour colour)
{
	struct strbuf *sb = &of(cv)->sb;

	put_path(sb, p);
	put_colour(sb, "fill", colour);
	strbuf_puts(sb, "/>\n");
}

static void text(struct canvas *cv, double x, double y, const char *s,
		 const struct text_style *style)
{
	static const char *const anchors[] = { "", " text-anchor=\"middle\"",
					       " text-anchor=\"end\"" };
	struct strbuf *sb = &of(cv)->sb;

	strbuf_puts(sb, "<text");
	put_attribute(sb, "x", x);
	put_attribute(sb, "y", y);
	put_attribute(sb, "font-size", style->size);
	put_colour(sb, "fill", style->colour);
	strbuf_puts(sb, anchors[style->anchor]);
	if (style->bold)
		strbuf_puts(sb, " font-weight=\"bold\"");
	if (style->upwards) {
		strbuf_puts(sb, " transform=\"rotate(-90 ");
		put_hundredths(sb, hundredths(x));
		strbuf_putc(sb, ' ');
		put_hundredths(sb, hundredths(y));
		strbuf_puts(sb, ")\"");
	}
	strbuf_putc(sb, '>');
	put_escaped(sb, s);
	strbuf_puts(sb, "</text>\n");
}

static void put_box(struct strbuf *sb, const struct box *b)
{
	strbuf_puts(sb, "<rect");
	put_attribute(sb, "x", b->x0);
	put_attribute(sb, "y", b->y0);
	put_attribute(sb, "width", b->x1 - b->x0);
	put_attribute(sb, "height", b->y1 - b->y0);
}

static void begin(struct canvas *cv, const char *title, const struct box *clip)
{
	struct canvas_svg *c = of(cv);

	if (clip &&
	    (c->n_clips == 0 || memcmp(clip, &c->clip, sizeof(*clip)) != 0)) {
		c->clip = *clip;
		strbuf_printf(&c->sb, "<clipPath id=\"%sclip%d\">", c->ids,
			      ++c->n_clips);
		put_box(&c->sb, clip);
		strbuf_puts(&c->sb, "/></clipPath>\n");
	}
	strbuf_puts(&c->sb, "<g");
	if (clip)
		strbuf_printf(&c->sb, " clip-path=\"url(#%sclip%d)\"", c->ids,
			      c->n_clips);
	strbuf_puts(&c->sb, ">\n");
	put_title(&c->sb, title);
}

static void end(struct canvas *cv)
{
	strbuf_puts(&of(cv)->sb, "</g>\n");
}

static void lower(struct canvas *cv, double y)
{
	struct canvas_svg *c = of(cv);

	strbuf_puts(&c->sb, "<g transform=\"translate(0 ");
	put_hundredths(&c->sb, hundredths(y));
	strbuf_puts(&c->sb, ")\">\n");
	c->lowered++;
}

static int finish(struct canvas *cv, struct error *err)
{
	struct canvas_svg *c = of(cv);
	int rc = 0;

	for (; c->lowered > 0; c->lowered--)
		strbuf_puts(&c->sb, "</g>\n");
	strbuf_puts(&c->sb, "</svg>\n");
	if (fwrite(c->sb.text, 1, c->sb.len, c->out) != c->sb.len)
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot write the chart");
	strbuf_release(&c->sb);
	free(c);
	return rc;
}

static const struct canvas_ops ops = { stroke, fill,  text,  begin,
				       end,    lower, finish };

struct canvas *canvas_svg(const struct page *page, FILE *out)
{
	struct canvas_svg *c = mem_calloc(1, sizeof(*c));
	struct box all = { 0, 0, page->width, page->height };

	c->canvas.ops = &ops;
	c->out = out;
	c->ids = page->inside ? page->inside : "";
	strbuf_init(&c->sb);
	if (!page->inside)
		strbuf_puts(&c->sb, "<?xml version=\"1.0\" "
				    "encoding=\"UTF-8\"?>\n");
	strbuf_puts(&c->sb, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	put_attribute(&c->sb, "width", page->width);
	put_attribute(&c->sb, "height", page->height);
	strbuf_puts(&c->sb, " viewBox=\"0 0 ");
	put_hundredths(&c->sb, hundredths(page->width));
	strbuf_putc(&c->sb, ' ');
	put_hundredths(&c->sb, hundredths(page->height));
	strbuf_puts(&c->sb, "\" font-family=\"");
	put_escaped(&c->sb, page->font);
	strbuf_puts(&c->sb, "\" role=\"img\">\n");
	put_title(&c->sb, page->title);
	put_box(&c->sb, &all);
	put_colour(&c->sb, "fill", page->background);
	strbuf_puts(&c->sb, "/>\n");
	return &c->canvas;
}
