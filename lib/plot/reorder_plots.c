/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of reordering at the receiver: reorder, occupancy. */
#include "model/arrival.h"
#include "plot/draw.h"

struct occupancy {
	const struct plot *plot;
	struct chart_series *held;
};

static void add_held(void *ctx, const struct reorder *r, int64_t time)
{
	struct occupancy *o = ctx;

	chart_add_point(o->held, plot_time(o->plot, time), (double)r->held);
}

static void set_occupancy_axes(struct chart *c, int64_t epoch)
{
	chart_set_text(&c->x.title, "Time");
	c->x.unit = CHART_SECONDS;
	c->x.epoch_ns = epoch;
	chart_set_text(&c->y.title, "Held back");
	c->y.unit = CHART_BYTES;
	c->y.from = 0;
}

/* Process the arrivals; "delays" may be NULL. */
static void follow(const struct plot *p, struct chart *occupancy,
		   struct samples *delays)
{
	struct occupancy o = { .plot = p };
	struct reordering result;
	struct reorder r;

	set_occupancy_axes(occupancy, plot_zero(p));
	o.held = chart_add_series(occupancy, CHART_STEP,
				  "out-of-order data held");
	o.held->colour = CHART_INK;
	reorder_init(&r, p->conn->n_subflows, p->ledger->has_idsn[p->direction],
		     1);
	arrival_walk(p->trace, p->conn, p->ledger, p->direction, &r, add_held,
		     &o);
	for (size_t i = 0; delays && i < r.delays.n; i++)
		samples_add(delays, r.delays.values[i]);
	reorder_finish(&r, p->trace->info.last_time, &result);
	reordering_release(&result);
}

int plot_reorder(const struct plot *p, struct chart *c, struct error *err)
{
	struct samples delays = { .n = 0 };

	if (plot_at_receiver(p, err) < 0)
		return -1;
	follow(p, chart_add_below(c), &delays);
	c->no_legend = c->below->no_legend = true;
	chart_set_text(&c->title,
		       "How long, and how much, data waited for earlier data");
	plot_distribution_axes(c, "Out-of-order delay");
	chart_set_text(&c->y.title, "Share of new packets");
	chart_set_text(&c->y.brief, "Share");
	plot_distribution(c, "packets with new data", &delays, 0, 0);
	samples_release(&delays);
	return 0;
}

int plot_occupancy(const struct plot *p, struct chart *c, struct error *err)
{
	if (plot_at_receiver(p, err) < 0)
		return -1;
	follow(p, c, NULL);
	chart_set_text(&c->title, "Reorder buffer");
	return 0;
}
