/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.h - make charts from traces: the kinds of plots of mptcp-plot.
 *
 *	const struct plot_kind *kind = plot_find("dsn");
 *	struct plot plot = { .trace = &trace, .conn = conn, ... };
 *	struct chart chart;
 *	chart_init(&chart);
 *	if (plot_make(kind, &plot, &chart, &err) < 0) ...
 *	chart_release(&chart);
 *
 * Everything in a struct plot is borrowed.  The x axis is in seconds since the
 * first packet of the capture that is drawn.  Of two captures that is the
 * sender's, or the receiver's for kinds with PLOT_RECEIVER; times of the other
 * one are converted to its clock.
 */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include <stdbool.h>

#include "base/error.h"
#include "chart/chart.h"
#include "chart/write.h"
#include "events/kernel_events.h"
#include "events/kernel_sockets.h"
#include "model/ledger.h"
#include "model/trace.h"
#include "os/terminal.h"
#include "pair/pairing.h"

enum plot_need {
	PLOT_CONNECTION = 1, /* needs a connection and its ledger */
	PLOT_STREAM = 2,     /* of a TCP stream, by default the first subflow */
	PLOT_TWO = 4,	     /* needs captures of both ends */
	PLOT_BOTH_WAYS = 8,  /* shows both directions unless one is chosen */
	PLOT_FIELD = 16,     /* needs "field" */
	PLOT_FILES = 32,     /* reads other files: plot_files() */
	PLOT_GAINS = 64,     /* shows more with captures of both ends */
	PLOT_RECEIVER = 128, /* of two captures, draws the receiver's */
	PLOT_AT = 256,	     /* "at" chooses one of two captures */
	PLOT_STACKS = 512,   /* supports "stacked" */
	PLOT_WINDOW = 1024,  /* supports "window" */
	PLOT_RAW = 2048,     /* supports "raw" */
	PLOT_X_LOG = 4096,   /* the x axis may be logarithmic */
	PLOT_Y_LOG = 8192,   /* the y axis may be logarithmic */
	PLOT_TAILS = 16384,  /* ... and is by default if there are long tails */
	PLOT_MARKS = 32768,  /* marks events; supports "logs" */
	PLOT_SOCKETS = 65536, /* supports "sockets" */
	PLOT_RUNS = 131072    /* has a distribution, for overlay.h */
};

enum plot_log {
	PLOT_LOG_AUTO, /* default of the kind, or by values (log_axis.h) */
	PLOT_LOG_NONE,
	PLOT_LOG_OF_X,
	PLOT_LOG_OF_Y
};

enum plot_at {
	PLOT_AT_BOTH, /* default of the kind */
	PLOT_AT_SENDER,
	PLOT_AT_RECEIVER
};

/* Labels given by the user for subflows. */
struct plot_label {
	uint32_t tcp_stream; /* in the capture, or in the first of two */
	const char *text;
};

struct plot_labels {
	struct plot_label *items;
	size_t n, cap;
};

struct plot {
	struct trace *trace;	     /* the capture, or the first of two */
	struct connection *conn;     /* or NULL */
	const struct stream *stream; /* or NULL */
	enum direction direction; /* MPTCP role; TCP role if a stream is set */
	bool both_ways;		  /* no direction was chosen */
	bool runs;		  /* one of several runs (overlay.h) */
	bool raw;		  /* absolute numbers */
	bool stacked;		  /* areas instead of lines */
	enum plot_log log;	  /* which axis is logarithmic */
	const char *field;	  /* for "attr" */
	struct kernel_sockets *sockets; /* logs of ss, or NULL; get assigned to
					   the trace that is drawn */
	struct kernel_logs *logs;	/* events to be marked, or NULL */
	int64_t window; /* ns, averaging interval for rates; 0: automatic */
	const struct plot_labels *labels; /* or NULL */

	const struct pairing *pairing; /* or NULL: one capture */
	struct trace *second;	       /* the second one of the pairing */
	enum plot_at at;

	/* Set by plot_make(); initially zero: */
	struct ledger *ledger;	  /* of conn */
	int end;		  /* index of "trace" in the pairing */
	const struct plot *other; /* the other end's view, or NULL */
	const struct plot *clock; /* plot whose clock the axis uses, or NULL */
};

struct plot_kind {
	const char *name;
	const char *help; /* one line */
	unsigned needs;	  /* enum plot_need */
	int (*draw)(const struct plot *p, struct chart *c, struct error *err);
};

/* All kinds; the last has a NULL name. */
extern const struct plot_kind plot_kinds[];

/* The i-th possible field of "attr"; NULL: there are no more. */
const char *plot_field_name(int i);

/* The kind with this name, or NULL. */
const struct plot_kind *plot_find(const char *name);

/* The variant of a kind for use with sockets: "cwnd" then draws a capture. */
const struct plot_kind *plot_with_sockets(const struct plot_kind *kind);

/*
 * Fill the chart with axes, titles, series and marks.  Returns -1 and
 * EXIT_INPUT if there is nothing to draw, EXIT_USAGE if "field" or "window" is
 * invalid.
 */
int plot_make(const struct plot_kind *kind, const struct plot *p,
	      struct chart *c, struct error *err)
	__attribute__((warn_unused_result));

/*
 * "cwnd": a value of each subflow over time, from JSON written by mptcp-pm;
 * snd_cwnd and delivery_rate if "field" is NULL.
 */
int plot_files(char *const *paths, size_t n, const char *field, struct chart *c,
	       struct error *err) __attribute__((warn_unused_result));

/* The look of a chart, and its format. */
struct plot_look {
	const char *title;    /* NULL: the kind's title */
	bool no_heading;      /* no title and subtitle */
	double width, height; /* as in struct chart; 0: default of the format */
	bool grows;	      /* make the page higher for a large legend */
	double font_size;     /* of labels, points; 0: by page size */
	const char *font;     /* font family, or NULL */
	const struct chart_rgb *palette; /* borrowed; instead of the theme's */
	size_t n_palette;
	int dpi;
	struct terminal terminal; /* for text output */
	enum chart_theme theme;
	double from, to; /* range of the x axis; NAN: automatic */
	double y_to;	 /* upper end of the y axis (upper plot); or NAN */
	bool absolute;	 /* times of day on the x axis */
	enum chart_format format;
};

/* Write the chart to file "path" atomically; "-": standard output. */
int plot_save(struct chart *c, const struct plot_look *look, const char *path,
	      struct error *err) __attribute__((warn_unused_result));

/* The same to a stream, which stays open. */
int plot_write(struct chart *c, const struct plot_look *look, FILE *out,
	       struct error *err) __attribute__((warn_unused_result));

/* plot_make() and plot_save(). */
int plot_draw(const struct plot_kind *kind, const struct plot *p,
	      const struct plot_look *look, const char *path, struct error *err)
	__attribute__((warn_unused_result));

#endif
