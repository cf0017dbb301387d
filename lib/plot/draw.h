/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h - the kinds of plots, and what they share; inside lib/plot only.
 *
 * Each plot_...() is the "draw" of a kind in plot.h.
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

/* "attr" of what ss knows: the names, NULL behind the last, and one of them. */
const char *plot_socket_field_name(int i);
int plot_socket_field(const struct plot *p, int field, struct chart *c,
		      struct error *err);

/* Finds the streams of p->sockets; -1 where none is of the end that sends. */
int plot_sockets(const struct plot *p, struct error *err);

/* Their congestion windows, in bytes; plot_sockets() went before. */
void plot_kernel_windows(const struct plot *p, struct chart *c);

/*
 * 0 where the capture was taken at the end that sends what is drawn, or that
 * receives it; of two captures plot_make() has chosen that one.
 */
int plot_at_sender(const struct plot *p, struct error *err);
int plot_at_receiver(const struct plot *p, struct error *err);

/* Seconds since the capture began. */
double plot_time(const struct plot *p, int64_t ns);

/* "10.0.1.1 > 10.0.1.2 (tcp 0)", the sender first; to be freed. */
char *plot_stream_name(const struct stream *s, int towards_client);

/* A series for each subflow; the array, in their order, is to be freed. */
struct chart_series **plot_subflows(const struct plot *p, struct chart *c,
				    enum chart_style style);

/* The same with their bytes in flight, as a capture of the sender shows them.
 */
struct chart_series **plot_subflow_flights(const struct plot *p,
					   struct chart *c);

/* Marks on the time axis: joins, addresses, priorities, ends; only those of
   the stream, if there is one. */
void plot_events(const struct plot *p, struct chart *c);

/* Of a distribution function of ms. */
void plot_distribution_axes(struct chart *c, const char *x);

/*
 * The samples, which get sorted, as a distribution function: y is 0 to 1.
 * "below" and "above" count samples that lie infinitely far to either side.
 */
void plot_distribution(struct chart *c, const char *name, struct samples *s,
		       size_t below, size_t above);

/* "10.0.1.1 > 10.0.1.2 (tcp 0)" of a subflow of p->conn; to be freed. */
char *plot_subflow_name(const struct plot *p, size_t k);

/* The same with ", WHAT" behind "tcp 0", and without addresses; to be freed. */
char *plot_short_name(const struct plot *p, size_t k, const char *what);

#endif
