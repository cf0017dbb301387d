/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart.h - the description of a chart: axes, series, marks; independent of
 * formats and pixels.
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
 * A chart owns its series, their points and all texts.  Set texts with
 * chart_set_text() only; other members may be assigned directly.
 *
 * Texts are UTF-8; invalid bytes become '?', control characters ' '.
 */
#ifndef CHART_CHART_H
#define CHART_CHART_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kind of values on an axis, which determines its labels. */
enum chart_unit {
	CHART_COUNT,	    /* plain numbers */
	CHART_SECONDS,	    /* labels in s, ms or us, as appropriate */
	CHART_MILLISECONDS, /* values in ms; labels likewise */
	CHART_BYTES,	    /* labels in B, kB, MB, ... */
	CHART_BYTES_BINARY, /* labels in B, KiB, MiB, ... */
	CHART_BITRATE,	    /* labels in bit/s, kbit/s, ... */
	CHART_RATIO,	    /* 0 to 1 */
	CHART_PERCENT,	    /* 0 to 100 */
	CHART_CLOCK,	    /* seconds after epoch_ns; the time of day in UTC */
	CHART_RAW32,	    /* labels "origin" + value, 32 bits */
	CHART_RAW64,	    /* labels "origin" + value, exact 64 bits */
};

struct chart_axis {
	char *title; /* without the unit, which is added; may be NULL */
	char *brief; /* a title for little room; or NULL */
	enum chart_unit unit;
	bool log;	  /* logarithmic; not with CLOCK and RAW */
	double from, to;  /* in units of the values; NAN: automatic */
	uint64_t origin;  /* RAW: the number at value 0 */
	int64_t epoch_ns; /* CLOCK: the time at value 0, ns since 1970 */
};

/* How points are drawn.  x must not decrease unless noted. */
enum chart_style {
	CHART_LINE,	/* straight from (x, y) to the next */
	CHART_STEP,	/* y holds until the x of the next point */
	CHART_POINTS,	/* a marker for each, in any order */
	CHART_SEGMENTS, /* a vertical bar from y to "end", in any order */
	CHART_AREA,	/* the band y to "end", until the x of the next point */
	CHART_BARS,	/* histogram: a bar from x to "end" with height y */
};

enum chart_marker {
	CHART_MARKER_AUTO, /* a dot for POINTS, else none; in print, and when
			      the palette is used up, a different one for each
			      colour (theme.h) */
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
	CHART_PRINT, /* no colours: greys and markers */
};

/* Colours besides those of the palette, which are 0, 1, 2, ... (theme.h). */
enum {
	CHART_INK = -1,	   /* the colour of text */
	CHART_MUTED = -2,  /* between text and background */
	CHART_ACCENT = -3, /* stands out; not in the palette */
	CHART_WHOLE = -4,  /* what lines in colours of the palette are parts of,
			      and lie on: like INK; in print broad and light */
};

/* Line styles. */
enum {
	CHART_SOLID,
	CHART_DASHED,
	CHART_DOTTED,
	CHART_DASH_DOT,
	CHART_LONG_DASHED
};

struct chart_rgb {
	uint8_t r, g, b;
};

struct chart_point {
	double x, y; /* values that are not finite are gaps */
	double end;  /* see chart_style; otherwise unused */
};

struct chart_series {
	char *name;  /* in the legend; NULL: not in the legend */
	char *brief; /* a shorter name for little room, or NULL */
	enum chart_style style;
	enum chart_marker marker;
	int colour;    /* first series 0, second 1, ... */
	int dash;      /* LINE and STEP: CHART_SOLID, ... */
	bool hollow;   /* markers are outlines, for a variant of a series */
	double weight; /* factor for line widths and marker sizes */
	struct chart_point *points;
	size_t n, cap;
};

/* A vertical line at "x" with a short label above the plot: "join tcp 1". */
struct chart_mark {
	double x;
	char *label; /* "join" */
	char *of;    /* to which it applies, "tcp 1"; may be NULL */
	int colour;
	int side; /* where its label must stand: -1 left of the line, 1 right;
		     0: on either side */
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
	const struct chart_rgb *palette; /* instead of the theme's, or NULL */
	size_t n_palette;
	const char *font;     /* font family; NULL: "sans-serif" */
	double width, height; /* px, 96 per inch; in text: characters */
	int dpi;	      /* PNG only: pixels per inch */
	bool ascii;	      /* text only: ASCII characters only */
	int colours;	/* text only: supported by the terminal, 256, 16 or 0 */
	double scale;	/* of fonts and lines; 0: by the size of the page */
	bool no_legend; /* not needed beside an axis or another chart */
	bool no_heading;     /* omit title and subtitle */
	double left, right;  /* minimum margins beside the plot, px */
	const char *inside;  /* SVG: prefix for ids when it is embedded in a
				page; NULL: a separate file */
	struct chart *below; /* a second one on the same page, or NULL */
};

/* An empty chart: light, 800 by 600, 96 dpi, plain axes. */
void chart_init(struct chart *c);
void chart_release(struct chart *c);

/* Set a text by printf(3) format; NULL removes it. */
void chart_set_text(char **text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Append a series; "name" is copied and may be NULL.  The chart owns the
 * series; the pointer is valid as long as the chart.
 */
struct chart_series *chart_add_series(struct chart *c, enum chart_style style,
				      const char *name)
	__attribute__((returns_nonnull));

/* Add a point to LINE, STEP and POINTS. */
void chart_add_point(struct chart_series *s, double x, double y);
/* Add a range from y0 to y1 to SEGMENTS and AREA. */
void chart_add_range(struct chart_series *s, double x, double y0, double y1);
/* Add a bar to BARS. */
void chart_add_bar(struct chart_series *s, double x0, double x1, double y);

/* Add a mark; "label" is copied and may be NULL. */
struct chart_mark *chart_add_mark(struct chart *c, double x, const char *label,
				  int colour) __attribute__((returns_nonnull));

/*
 * Add a second chart in the lower half of the page, with its own axes, series
 * and marks; theme and sizes are those of "c", which owns it.  It is missing
 * in xplot files.
 */
struct chart *chart_add_below(struct chart *c) __attribute__((returns_nonnull));

/* Whether a series has a point that is not a gap. */
bool chart_has_data(const struct chart *c);

#endif
