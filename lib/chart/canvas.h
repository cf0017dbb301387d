/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h - the drawing interface: paths and text on a page, implemented for
 * PNG, PDF and SVG.
 *
 * Positions and lengths are in px, 96 per inch, from the upper left corner.
 * canvas_finish() writes the page to a FILE, which remains the caller's.
 * Drawing functions cannot fail; errors are reported by canvas_finish().
 *
 *	struct canvas *cv = canvas_svg(&page, out);
 *	canvas_stroke(cv, &path, &pen);
 *	if (canvas_finish(cv, &err) < 0) ...
 */
#ifndef CHART_CANVAS_H
#define CHART_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "chart/theme.h"

struct box {
	double x0, y0, x1, y1; /* left, top, right, bottom */
};

struct path_point {
	double x, y;
	bool start; /* begins a new part */
};

/*
 * Lines in several parts.  A part of two equal points is a dot with a round
 * pen.
 */
struct path {
	struct path_point *points; /* owned */
	size_t n, cap;
};

/* Append to a path: begin a part, add a line, add a rectangle. */
void path_move(struct path *p, double x, double y);
void path_line(struct path *p, double x, double y);
void path_box(struct path *p, const struct box *box);
void path_release(struct path *p);

struct pen {
	struct colour colour;
	double width;
	const struct dash *dash; /* NULL: solid */
	bool round;		 /* ends and corners */
};

enum text_anchor {
	TEXT_START,
	TEXT_MIDDLE,
	TEXT_END
};

struct text_style {
	struct colour colour;
	double size;
	bool bold;
	bool upwards; /* turned by 90 degrees against the clock */
	enum text_anchor anchor;
};

struct page {
	double width, height; /* px */
	int dpi;	      /* PNG only */
	const char *title;  /* NULL: none; for people who cannot see the page */
	const char *inside; /* SVG only: see chart.h */
	const char *font;   /* font family */
	struct colour background;
};

struct canvas;

/*
 * Create a page in a format; never NULL.  "page" must remain valid until
 * canvas_finish().
 */
struct canvas *canvas_png(const struct page *page, FILE *out);
struct canvas *canvas_pdf(const struct page *page, FILE *out);
struct canvas *canvas_svg(const struct page *page, FILE *out);

/* Draw the lines of a path. */
void canvas_stroke(struct canvas *cv, const struct path *p,
		   const struct pen *pen);
/* Fill the parts of a path as polygons. */
void canvas_fill(struct canvas *cv, const struct path *p, struct colour colour);
/* Draw text with its anchor at (x, y) on the baseline. */
void canvas_text(struct canvas *cv, double x, double y, const char *text,
		 const struct text_style *style);

/*
 * Group what is drawn until canvas_end(): with "title" (may be NULL), clipped
 * at "clip" (NULL: not clipped).  Groups do not nest.
 */
void canvas_begin(struct canvas *cv, const char *title, const struct box *clip);
void canvas_end(struct canvas *cv);

/* Shift everything that follows down by "y" px. */
void canvas_lower(struct canvas *cv, double y);

/* Write the page and free the canvas. */
int canvas_finish(struct canvas *cv, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Free the fonts that cairo and fontconfig otherwise keep until the program
 * ends, so that leak checkers find nothing.  For the end of main() and of
 * tests.
 */
void canvas_forget_fonts(void);

/* For implementations, which have a struct canvas as their first member. */
struct canvas_ops {
	void (*stroke)(struct canvas *, const struct path *,
		       const struct pen *);
	void (*fill)(struct canvas *, const struct path *, struct colour);
	void (*text)(struct canvas *, double, double, const char *,
		     const struct text_style *);
	void (*begin)(struct canvas *, const char *, const struct box *);
	void (*end)(struct canvas *);
	void (*lower)(struct canvas *, double);
	int (*finish)(struct canvas *, struct error *);
};

struct canvas {
	const struct canvas_ops *ops;
};

#endif
