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
 * since the first packet of the capture.
 */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include "base/error.h"
#include "chart/chart.h"
#include "model/ledger.h"
#include "model/pairing.h"
#include "model/trace.h"

enum plot_need {
	PLOT_CONNECTION = 1, /* of a connection, with its ledger */
	PLOT_STREAM = 2,     /* of one TCP stream, or else the first subflow */
	PLOT_TWO = 4,	     /* the captures of both ends */
	PLOT_BOTH_WAYS = 8,  /* shows both directions when none is chosen */
	PLOT_FIELD = 16,     /* of a column of the packet table */
	PLOT_FILES = 32	     /* no captures: plot_files() */
};

struct plot {
	struct trace *trace;
	struct connection *conn;       /* or NULL */
	const struct stream *stream;   /* or NULL */
	const struct pairing *pairing; /* or NULL */
	struct ledger *ledger;	       /* of conn; by plot_make() */
	enum direction direction;      /* MPTCP role, or TCP's with a stream */
	int both_ways;		       /* no direction was chosen */
	int raw;		       /* absolute numbers */
	const char *field;	       /* of "attr" */
	int64_t window;		       /* ns of a step of rates; 0: by itself */
};

struct plot_kind {
	const char *name;
	const char *help; /* one line */
	unsigned needs;	  /* enum plot_need */
	int (*draw)(const struct plot *p, struct chart *c, struct error *err);
};

/* All of them; ends with a name that is NULL. */
extern const struct plot_kind plot_kinds[];

/*
 * "cwnd": a number of each subflow against time, from the JSON that mptcp-pm
 * writes; "field" is snd_cwnd when it is NULL.
 */
int plot_files(char *const *paths, size_t n, const char *field, struct chart *c,
	       struct error *err) __attribute__((warn_unused_result));

/* The i-th name for the field of "attr", NULL when there are no more. */
const char *plot_field_name(int i);

/* NULL when there is none of that name. */
const struct plot_kind *plot_find(const char *name);

/*
 * Fill the chart: axes, title, series, marks.  -1 and EXIT_INPUT when there is
 * nothing to be seen.
 */
int plot_make(const struct plot_kind *kind, struct plot *p, struct chart *c,
	      struct error *err) __attribute__((warn_unused_result));

#endif
