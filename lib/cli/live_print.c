/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live_print.h"

#include "row/capture_info.h"

static const char schema[] = "mptcp-live/1";
static const char tool[] = "mptcp-live " MPTCPTOOLS_VERSION;

static const struct report_options moments = {
	.format = FORMAT_JSONL,
	.schema = schema,
	.tool = tool,
	.levels = { &live_refresh, &live_connection, &live_direction,
		    &live_subflow },
};

void live_print_init(struct live_print *p, const char *path)
{
	p->path = path;
	live_event_init(&p->events);
}

void live_print_columns(enum report_list list)
{
	struct live_event_type events;
	struct report_options options = moments;

	live_event_init(&events);
	options.list = list;
	report_list_columns(&options);
	if (list == LIST_NAMES)
		return;
	options.levels[0] = &events.type;
	for (int level = 1; level < REPORT_LEVELS; level++)
		options.levels[level] = NULL;
	report_list_columns(&options);
}

/* A report has one line: it is out when that is whole. */
static struct report *begin(const struct live_print *p,
			    const struct report_options *options,
			    struct error *err)
{
	const struct capture_info info = { .path = (char *)p->path };
	struct report *report = report_open(options, err);

	if (report)
		report_capture(report, &info);
	return report;
}

static void put_subflow(struct report *report, const struct live_row *above,
			const struct live_subflow *s)
{
	const struct live_flow *flow = &s->flow[above->towards];
	const struct live_part part = { &flow->bytes, flow };
	struct live_row row = *above;

	row.listing.stream = s->stream;
	row.flows = s;
	row.subflow = &part;
	report_row(report, 3, &live_subflow, &row);
}

static void put_connection(struct report *report,
			   const struct live_moment *moment,
			   const struct live_connection *c)
{
	struct live_row row = { .listing = { .conn = c->conn },
				.moment = moment,
				.connection = c };

	report_row(report, 1, &live_connection, &row);
	for (int d = TO_SERVER; d <= TO_CLIENT; d++) {
		const struct live_part part = { &c->flow[d].bytes,
						&c->flow[d] };

		row.towards = (enum direction)d;
		row.direction = &part;
		report_row(report, 2, &live_direction, &row);
		for (size_t k = 0; k < c->n_subflows; k++)
			put_subflow(report, &row, &c->subflows[k]);
	}
}

int live_print_moment(const struct live_print *p,
		      const struct live_moment *moment, struct live *live,
		      const struct live_connection *only, struct error *err)
{
	const struct live_row row = { .moment = moment };
	struct report *report = begin(p, &moments, err);
	const struct live_connection *all = only;
	size_t n = 1;

	if (!report)
		return -1;
	if (!only)
		all = live_connections(live, &n);
	report_row(report, 0, &live_refresh, &row);
	for (size_t i = 0; i < n; i++)
		put_connection(report, moment, &all[i]);
	return report_close(report, err);
}

int live_print_event(const struct live_print *p, const struct event_row *row,
		     struct error *err)
{
	const struct report_options options = {
		.format = FORMAT_JSONL,
		.schema = schema,
		.tool = tool,
		.levels = { &p->events.type },
	};
	struct report *report = begin(p, &options, err);

	if (!report)
		return -1;
	report_row(report, 0, &p->events.type, row);
	return report_close(report, err);
}
