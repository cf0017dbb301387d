/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h - for plot.h: the functions that draw each kind of plot, and helpers;
 * used in lib/plot only.
 *
 * Each plot_...() is the "draw" of a kind.
 */
#ifndef PLOT_DRAW_H
#define PLOT_DRAW_H

#include "model/distribution.h"
#include "plot/plot.h"

int plot_dsn(const struct plot *p, struct chart *c, struct error *err);
int plot_seq(const struct plot *p, struct chart *c, struct error *err);
int plot_ack(const struct plot *p, struct chart *c, struct error *err);
int plot_rate(const struct plot *p, struct chart *c, struct error *err);
int plot_goodput(const struct plot *p, struct chart *c, struct error *err);
int plot_limits(const struct plot *p, struct chart *c, struct error *err);
int plot_share(const struct plot *p, struct chart *c, struct error *err);
int plot_flight(const struct plot *p, struct chart *c, struct error *err);
int plot_rtt(const struct plot *p, struct chart *c, struct error *err);
int plot_attr(const struct plot *p, struct chart *c, struct error *err);
int plot_reorder(const struct plot *p, struct chart *c, struct error *err);
int plot_occupancy(const struct plot *p, struct chart *c, struct error *err);
int plot_owd(const struct plot *p, struct chart *c, struct error *err);
int plot_reinject(const struct plot *p, struct chart *c, struct error *err);
int plot_interarrival(const struct plot *p, struct chart *c, struct error *err);
int plot_dss(const struct plot *p, struct chart *c, struct error *err);
int plot_cwnd(const struct plot *p, struct chart *c, struct error *err);

/*
 * Fields of "attr" that come from ss: their names, NULL after the last; and
 * draw one.
 */
const char *plot_socket_field_name(int i);
int plot_socket_field(const struct plot *p, int field, struct chart *c,
		      struct error *err);

/* Assign p->sockets to streams; -1 if no socket belongs to the sending end. */
int plot_sockets(const struct plot *p, struct error *err);

/* Draw congestion windows in bytes; call plot_sockets() first. */
void plot_kernel_windows(const struct plot *p, struct chart *c);

/*
 * 0 if the capture was taken at the sender, or receiver, of what is drawn.  Of
 * two captures plot_make() has chosen that one.
 */
int plot_at_sender(const struct plot *p, struct error *err);
int plot_at_receiver(const struct plot *p, struct error *err);

/* The intervals of plot_rate(): ns since 1970, and their width. */
struct plot_steps {
	int64_t from, to, width;
};

int plot_rate_steps(const struct plot *p, struct plot_steps *out,
		    struct error *err);

/*
 * Where the time axis is 0: when the capture began whose clock it has; ns since
 * 1970.
 */
int64_t plot_zero(const struct plot *p);

/* A time of the capture of "p" on that axis, in seconds. */
double plot_time(const struct plot *p, int64_t ns);

/*
 * "10.0.1.1 > 10.0.1.2 (tcp 0)" with the sender of direction "d" (MPTCP role)
 * first, or its label.  The caller frees it.
 */
char *plot_stream_name(const struct plot *p, const struct stream *s,
		       enum direction d);

/*
 * The colour of a subflow of p->conn, which is the same in all kinds: its
 * position in the connection; of two captures, in the client's.
 */
int plot_colour(const struct plot *p, size_t k);

/*
 * "tcp 0", or its label.  Of two captures, the number in the first one, as in
 * mptcp-summary.  The caller frees it.
 */
char *plot_stream_label(const struct plot *p, const struct stream *s);

/*
 * Add a series for each subflow; returns them in order, in an array that the
 * caller frees.
 */
struct chart_series **plot_subflows(const struct plot *p, struct chart *c,
				    enum chart_style style);

/* The same with bytes in flight, from a capture at the sender. */
struct chart_series **plot_subflow_flights(const struct plot *p,
					   struct chart *c);

/*
 * Mark joins, addresses, priorities and ends on the time axis; only those of
 * the stream if there is one.
 */
void plot_events(const struct plot *p, struct chart *c);

/* The end of their y axis: a curve that has reached 1 is below the frame. */
#define PLOT_DISTRIBUTION_TOP 1.03

/* Set up the axes for a distribution function of values in ms. */
void plot_distribution_axes(struct chart *c, const char *x);

/*
 * Add a distribution function of the samples, which are sorted; y is 0 to 1.
 * "below" and "above" count samples beyond either end of the axis.  It has the
 * colour of the whole connection unless changed.  NULL: no samples.
 */
struct chart_series *plot_distribution(struct chart *c, const char *name,
				       struct samples *s, size_t below,
				       size_t above);

/* plot_stream_name() of a subflow of p->conn, in the direction drawn. */
char *plot_subflow_name(const struct plot *p, size_t k);

/* "tcp 0, WHAT".  The caller frees it. */
char *plot_short_name(const struct plot *p, size_t k, const char *what);

#endif
