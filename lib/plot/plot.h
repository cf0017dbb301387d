/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.h - from a trace to a chart: which picture explains what.
 *
 *	const struct plot_kind *kind = plot_find("dsn");
 *	struct plot plot = { .trace = &trace, .conn = conn, ... };
 *	struct chart chart;
 *	chart_init(&chart);
 *	if (plot_make(kind, &plot, &chart, &err) < 0) ...
 *	chart_release(&chart);
 *
 * Everything in a struct plot is borrowed.  Times on the x axis are seconds
 * since the first packet of the capture that is drawn; of two captures that is
 * the sender's, or the receiver's for the kinds that ask for it, and the stamps
 * of the other one are put on its clock.
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
	PLOT_CONNECTION = 1, /* of a connection, with its ledger */
	PLOT_STREAM = 2,     /* of one TCP stream, or else the first subflow */
	PLOT_TWO = 4,	     /* must have the captures of both ends */
	PLOT_BOTH_WAYS = 8,  /* shows both directions when none is chosen */
	PLOT_FIELD = 16,     /* of something that "field" names */
	PLOT_FILES = 32,     /* no captures: plot_files() */
	PLOT_GAINS = 64,     /* shows more with the captures of both ends */
	PLOT_RECEIVER = 128, /* of two captures it draws the receiver's */
	PLOT_AT = 256,	     /* "at" chooses one of two captures */
	PLOT_STACKS = 512,   /* understands "stacked" */
	PLOT_WINDOW = 1024,  /* understands "window" */
	PLOT_RAW = 2048,     /* understands "raw" */
	PLOT_X_LOG = 4096,   /* its x axis may be logarithmic, */
	PLOT_Y_LOG = 8192,   /* its y axis */
	PLOT_TAILS = 16384,  /* y is so where there are long tails */
	PLOT_MARKS = 32768,  /* marks events, and understands "logs" */
	PLOT_SOCKETS = 65536 /* understands "sockets" */
};

enum plot_log {
	PLOT_LOG_AUTO, /* as the kind likes it, or the values (log_axis.h) */
	PLOT_LOG_NONE,
	PLOT_LOG_OF_X,
	PLOT_LOG_OF_Y
};

enum plot_at {
	PLOT_AT_BOTH, /* as the kind likes it */
	PLOT_AT_SENDER,
	PLOT_AT_RECEIVER
};

struct plot {
	struct trace *trace;		/* the capture, or the first of two */
	struct connection *conn;	/* or NULL */
	const struct stream *stream;	/* or NULL */
	enum direction direction;	/* MPTCP role, or TCP's with a stream */
	bool both_ways;			/* no direction was chosen */
	bool raw;			/* absolute numbers */
	bool stacked;			/* areas instead of lines */
	enum plot_log log;		/* which axis is logarithmic */
	const char *field;		/* of "attr" */
	struct kernel_sockets *sockets; /* what ss printed meanwhile, or NULL;
					   they get tied to the trace drawn */
	struct kernel_logs *logs; /* whose events are marked, too, or NULL */
	int64_t window; /* ns that a rate is taken over; 0: by itself */

	const struct pairing *pairing; /* or NULL: one capture */
	struct trace *second;	       /* the second one of the pairing */
	enum plot_at at;

	/* By plot_make(); zero before. */
	struct ledger *ledger;	  /* of conn */
	int end;		  /* which capture of the pairing "trace" is */
	const struct plot *other; /* the other end's view, or NULL */
	const struct plot *clock; /* times are for this one's axis, or NULL */
};

struct plot_kind {
	const char *name;
	const char *help; /* one line */
	unsigned needs;	  /* enum plot_need */
	int (*draw)(const struct plot *p, struct chart *c, struct error *err);
};

/* All of them; ends with a name that is NULL. */
extern const struct plot_kind plot_kinds[];

/* The i-th name for the field of "attr", NULL when there are no more. */
const char *plot_field_name(int i);

/* NULL when there is none of that name. */
const struct plot_kind *plot_find(const char *name);

/* The kind as it is with sockets: "cwnd" is then drawn of a capture. */
const struct plot_kind *plot_with_sockets(const struct plot_kind *kind);

/*
 * Fill the chart: axes, title, series, marks.  -1 and EXIT_INPUT when there is
 * nothing to be seen, EXIT_USAGE when "field" or "window" make no sense.
 */
int plot_make(const struct plot_kind *kind, const struct plot *p,
	      struct chart *c, struct error *err)
	__attribute__((warn_unused_result));

/*
 * "cwnd": a number of each subflow against time, from the JSON that mptcp-pm
 * writes; when "field" is NULL, snd_cwnd above delivery_rate.
 */
int plot_files(char *const *paths, size_t n, const char *field, struct chart *c,
	       struct error *err) __attribute__((warn_unused_result));

/* How a chart is to look, and which file it becomes. */
struct plot_look {
	const char *title; /* NULL: that of the kind */
	int width, height; /* as in struct chart; 0: what suits the format */
	int dpi;
	struct terminal terminal; /* that shows text */
	enum chart_theme theme;
	double from, to; /* of the x axis; NAN: all */
	bool absolute;	 /* the time of day */
	enum chart_format format;
};

/* The chart as the file "path", whole or not at all; "-" is stdout. */
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
