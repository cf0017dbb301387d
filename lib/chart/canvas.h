/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas.h - what can be drawn: paths and text, on a page of any format.
 *
 * Positions and lengths are px, 96 to the inch, from the upper left corner.
 * A canvas writes its page to a FILE in canvas_finish(); the stream stays the
 * caller's.  Drawing cannot fail; what went wrong is told at the end.
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

/* Lines; a part of two equal points is a dot for a round pen. */
struct path {
	struct path_point *points; /* owned */
	size_t n, cap;
};

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
	const char *title;    /* NULL: none; for those who cannot see it */
	const char *inside; /* SVG only: chart.h */
	struct colour background;
};

struct canvas;

/* A page in a format; never NULL.  "page" is used until the end. */
struct canvas *canvas_png(const struct page *page, FILE *out);
struct canvas *canvas_pdf(const struct page *page, FILE *out);
struct canvas *canvas_svg(const struct page *page, FILE *out);

/* Draw the lines of a path. */
void canvas_stroke(struct canvas *cv, const struct path *p,
		   const struct pen *pen);
/* Fill its parts as polygons. */
void canvas_fill(struct canvas *cv, const struct path *p, struct colour colour);
/* Text whose anchor is at (x, y) on the base line. */
void canvas_text(struct canvas *cv, double x, double y, const char *text,
		 const struct text_style *style);

/*
 * What follows until canvas_end() belongs together ("title" may be NULL) and
 * is cut at "clip" (NULL: not cut).  Does not nest.
 */
void canvas_begin(struct canvas *cv, const char *title, const struct box *clip);
void canvas_end(struct canvas *cv);

/* Everything that follows is "y" px lower on the page. */
void canvas_lower(struct canvas *cv, double y);

/* Write the page and free the canvas. */
int canvas_finish(struct canvas *cv, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Free the fonts that cairo and fontconfig keep until the program ends, so that
 * leak checkers have nothing to say.  For the end of main() and of tests.
 */
void canvas_forget_fonts(void);

/* For the implementations, which embed it as their first member. */
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
