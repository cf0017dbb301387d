/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart.h - what is to be drawn: axes, series, marks; no pixels yet.
 *
 *	struct chart c;
 *	chart_init(&c);
 *	chart_set_text(&c.title, "Delays of %s", name);
 *	c.x.unit = CHART_SECONDS;
 *	chart_set_text(&c.x.title, "Time");
 *	struct chart_series *s = chart_add_series(&c, CHART_LINE, "path 1");
 *	chart_add_point(s, 0.5, 12.25);
 *	chart_write(&c, CHART_PNG, stdout, &err);	// write.h
 *	chart_release(&c);
 *
 * A chart owns its series, their points and all texts; set texts with
 * chart_set_text() only.  All other members may be written directly.
 *
 * Texts are UTF-8; what is not, and control characters, become '?' and ' '.
 */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the numbers of an axis are, and so how its labels look. */
enum chart_unit {
	CHART_COUNT,	    /* plain numbers */
	CHART_SECONDS,	    /* labelled in s, ms or us, whichever suits */
	CHART_MILLISECONDS, /* the values are in ms; the same labels */
	CHART_BYTES,	    /* labelled in B, kB, MB, ... */
	CHART_BYTES_BINARY, /* labelled in B, KiB, MiB, ... */
	CHART_BITRATE,	    /* bit/s; labelled in bit/s, kbit/s, ... */
	CHART_RATIO,	    /* 0 to 1 */
	CHART_PERCENT,	    /* 0 to 100 */
	CHART_CLOCK,	    /* seconds after epoch_ns; the time of day in UTC */
	CHART_RAW32,	    /* labelled "origin" + value, of 32 bits */
	CHART_RAW64,	    /* labelled "origin" + value, exactly */
};

struct chart_axis {
	char *title; /* without the unit, which is added; may be NULL */
	enum chart_unit unit;
	bool log;	  /* logarithmic; not with CLOCK and RAW */
	double from, to;  /* in the unit of the values; NAN: as the data */
	uint64_t origin;  /* RAW: what the value 0 stands for */
	int64_t epoch_ns; /* CLOCK: what 0 stands for, ns since 1970 */
};

/* How points become a picture.  x must not decrease unless said otherwise. */
enum chart_style {
	CHART_LINE,	/* straight from (x, y) to the next */
	CHART_STEP,	/* y holds until the x of the next point */
	CHART_POINTS,	/* a marker each, in any order */
	CHART_SEGMENTS, /* a vertical bar from y to "end", in any order */
	CHART_AREA,	/* the band y to "end", until the x of the next point */
	CHART_BARS,	/* histogram: a bar from x to "end" with height y */
};

enum chart_marker {
	CHART_MARKER_AUTO, /* POINTS: a dot, others when the palette is
			      used up or in print; else none */
	CHART_MARKER_NONE,
	CHART_DOT,
	CHART_CROSS,
	CHART_PLUS,
	CHART_TRIANGLE,
	CHART_TRIANGLE_DOWN,
	CHART_SQUARE,
	CHART_DIAMOND,
};

enum chart_theme {
	CHART_LIGHT,
	CHART_DARK,
	CHART_PRINT, /* no colours: greys, dashes and markers */
};

/* Colours beside the palette, which is 0, 1, 2, ... (theme.h). */
enum {
	CHART_INK = -1,	  /* that of the text */
	CHART_MUTED = -2, /* between text and background */
};

enum {
	CHART_DASH_AUTO = -1 /* solid; others when the palette is used up */
};

struct chart_point {
	double x, y; /* a value that is not finite is a gap */
	double end;  /* see chart_style; else unused */
};

struct chart_series {
	char *name; /* in the legend; NULL: not there */
	enum chart_style style;
	enum chart_marker marker;
	int colour;    /* first series 0, second 1, ... */
	int dash;      /* LINE and STEP: 0 is solid; with the print theme,
			where dashes stand for colours, another one */
	double weight; /* widths and marker sizes; 1 is usual */
	struct chart_point *points;
	size_t n, cap;
};

/* A vertical line at "x" with a short label above the plot. */
struct chart_mark {
	double x;
	char *label;
	int colour;
};

enum {
	CHART_WIDTH_MIN = 200,
	CHART_HEIGHT_MIN = 150,
	CHART_SIZE_MAX = 20000,
	CHART_TEXT_WIDTH_MIN = 40, /* characters */
	CHART_TEXT_HEIGHT_MIN = 12,
	CHART_TEXT_SIZE_MAX = 1000,
	CHART_DPI_MIN = 24,
	CHART_DPI_MAX = 1200,
};

struct chart {
	char *title, *subtitle; /* may be NULL */
	struct chart_axis x, y;
	struct chart_series **series;
	size_t n_series, cap_series;
	struct chart_mark *marks;
	size_t n_marks, cap_marks;
	enum chart_theme theme;
	int width, height;  /* px, 96 to the inch; of text, characters */
	int dpi;	    /* PNG only: pixels to the inch */
	bool ascii;	    /* text only: no other characters */
	int colours;	    /* text only: of the terminal, 256, 16, or 0 */
	double scale;	    /* of fonts and lines; 0: by the size of the page */
	bool no_legend;	    /* an axis, or a chart below, says it all */
	double left, right; /* least margins beside the plot, px */
	const char *inside; /* SVG: it is inside of a page, in which its ids
			       begin with this; NULL: a file of its own */
	struct chart *below; /* a second one on the same page, or NULL */
};

/* An empty chart: light, 800 by 600, 96 dpi, plain axes. */
void chart_init(struct chart *c);
void chart_release(struct chart *c);

/* Replace a text by what printf makes of "fmt"; NULL removes it. */
void chart_set_text(char **text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A new series at the end; "name" is copied and may be NULL.  The chart owns
 * it; the pointer is good as long as the chart.
 */
struct chart_series *chart_add_series(struct chart *c, enum chart_style style,
				      const char *name)
	__attribute__((returns_nonnull));

/* For LINE, STEP and POINTS. */
void chart_add_point(struct chart_series *s, double x, double y);
/* For SEGMENTS and AREA: from y0 to y1. */
void chart_add_range(struct chart_series *s, double x, double y0, double y1);
/* For BARS. */
void chart_add_bar(struct chart_series *s, double x0, double x1, double y);

/* "label" is copied and may be NULL. */
void chart_add_mark(struct chart *c, double x, const char *label, int colour);

/*
 * A second chart for the lower half of the page, which has axes, series and
 * marks of its own; theme and sizes are those of "c", which owns it.  xplot
 * files have no room for it.
 */
struct chart *chart_add_below(struct chart *c) __attribute__((returns_nonnull));

/* Whether a series has a point that is not a gap. */
bool chart_has_data(const struct chart *c);

#endif
