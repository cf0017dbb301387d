/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plot "limits": what limited a transfer over time, below its rate. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chart/theme.h"
#include "model/limits.h"
#include "plot/draw.h"

static const char *const words[LIMIT_STATES] = {
	[LIMIT_STARTING] = "starting",
	[LIMIT_OUTAGE] = "outage",
	[LIMIT_RECEIVE_WINDOW] = "receive window",
	[LIMIT_APPLICATION] = "application",
	[LIMIT_SEND_BUFFER] = "send buffer",
	[LIMIT_IDLE_PATH] = "idle path",
	[LIMIT_RECOVERY] = "recovery",
	[LIMIT_STALLED_PATH] = "stalled path",
	[LIMIT_PATH] = "path",
};

struct limit_spans {
	struct limit_span *items; /* owned */
	size_t n, cap;
};

static void keep_span(void *ctx, const struct limit_span *span)
{
	struct limit_spans *all = ctx;

	*MEM_PUSH(all->items, all->n, all->cap) = *span;
}

static bool find_spans(const struct plot *p, struct limit_spans *all)
{
	const size_t n = p->conn->n_subflows;
	struct tcp_summary *tcp = mem_calloc(n + 1, sizeof(*tcp));
	const struct limits_input in = { .trace = p->trace,
					 .conn = p->conn,
					 .ledger = p->ledger,
					 .tcp = tcp,
					 .direction = p->direction };
	bool known = false;

	for (size_t k = 0; k < n; k++)
		tcp_summarize(p->trace, trace_subflow(p->trace, p->conn, k),
			      &tcp[k]);
	known = limits_walk(&in, keep_span, all);
	for (size_t k = 0; k < n; k++)
		tcp_summary_release(&tcp[k]);
	free(tcp);
	return known && all->n;
}

/* Time in each state, per step; the last one ends at "to". */
struct limit_steps {
	int64_t from, to, width;
	size_t n;
	int64_t (*time)[LIMIT_STATES]; /* owned */
	int64_t sum[LIMIT_STATES];
};

static void add_span(struct limit_steps *s, const struct limit_span *span)
{
	int64_t from = span->from;

	s->sum[span->state] += span->to - span->from;
	while (from < span->to) {
		const size_t step = (size_t)((from - s->from) / s->width);
		int64_t to = s->from + (int64_t)(step + 1) * s->width;

		if (to > span->to)
			to = span->to;
		s->time[step][span->state] += to - from;
		from = to;
	}
}

/* The steps are those of the rate above, and begin before the first span. */
static void fill_steps(struct limit_steps *s, const struct limit_spans *all,
		       const struct plot_steps *rate)
{
	const int64_t early = rate->from - all->items[0].from;

	*s = (struct limit_steps){ .from = rate->from,
				   .to = all->items[all->n - 1].to,
				   .width = rate->width };
	if (early > 0)
		s->from -= (early / s->width + 1) * s->width;
	s->n = (size_t)((s->to - s->from) / s->width) + 1;
	s->time = mem_calloc(s->n + 1, sizeof(*s->time));
	for (size_t i = 0; i < all->n; i++)
		add_span(s, &all->items[i]);
}

/* When step k begins; of the one behind the last, when that one ends. */
static int64_t step_begin(const struct limit_steps *s, size_t k)
{
	return k < s->n ? s->from + (int64_t)k * s->width : s->to;
}

/*
 * A band for each state that occurs, stacked; with colours from the end of the
 * palette, since those at its beginning are used for subflows above.
 */
static void draw_steps(const struct plot *p, const struct limit_steps *s,
		       struct chart *c)
{
	struct chart_series *series[LIMIT_STATES] = { NULL };

	for (int state = 0; state < LIMIT_STATES; state++) {
		if (!s->sum[state])
			continue;
		series[state] = chart_add_series(c, CHART_AREA, words[state]);
		series[state]->colour = state == LIMIT_PATH
						? CHART_MUTED
						: PALETTE_SIZE - 1 - state;
	}
	for (size_t k = 0; k <= s->n; k++) {
		const double t = plot_time(p, step_begin(s, k));
		int64_t whole = 0, below = 0;

		for (int state = 0; state < LIMIT_STATES; state++)
			whole += s->time[k][state];
		for (int state = 0; state < LIMIT_STATES; state++) {
			const int64_t top = below + s->time[k][state];

			if (series[state])
				chart_add_range(series[state], t,
						whole ? 100.0 * (double)below /
								(double)whole
						      : NAN,
						whole ? 100.0 * (double)top /
								(double)whole
						      : NAN);
			below = top;
		}
	}
}

static int draw_rate(const struct plot *p, struct chart *c,
		     struct plot_steps *steps, struct error *err)
{
	if (plot_rate(p, c, err) < 0 || plot_rate_steps(p, steps, err) < 0)
		return -1;
	chart_set_text(&c->title,
		       "Throughput and what limited it, in steps of %g ms",
		       (double)steps->width / 1e6);
	return 0;
}

/* Both plots have one time axis, on which all steps are complete. */
static void set_axes(const struct plot *p, const struct limit_steps *s,
		     const struct plot_steps *rate, struct chart *c)
{
	struct chart *below = c->below;

	chart_set_text(&below->y.title, "Time in each state");
	below->y.unit = CHART_PERCENT;
	below->y.from = 0;
	below->y.to = 100;
	chart_set_text(&below->x.title, "Time");
	below->x.unit = CHART_SECONDS;
	c->x.from = below->x.from = plot_time(p, s->from);
	c->x.to = below->x.to =
		plot_time(p, rate->to > s->to ? rate->to : s->to);
}

int plot_limits(const struct plot *p, struct chart *c, struct error *err)
{
	struct limit_spans all = { .items = NULL };
	struct plot_steps rate;
	struct limit_steps steps;

	if (plot_at_sender(p, err) < 0)
		return -1;
	if (!find_spans(p, &all)) {
		free(all.items);
		return error_set(
			err, EXIT_INPUT,
			"'%s' does not show what limited the connection: its "
			"SYNs or acknowledgments were not captured",
			p->trace->info.path);
	}
	if (draw_rate(p, c, &rate, err) < 0) {
		free(all.items);
		return -1;
	}
	fill_steps(&steps, &all, &rate);
	draw_steps(p, &steps, chart_add_below(c));
	set_axes(p, &steps, &rate, c);
	free(steps.time);
	free(all.items);
	return 0;
}
