/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/together.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/clock_rows.h"
#include "output/owd_rows.h"
#include "output/path_rows.h"
#include "output/total_rows.h"
#include "pair/path_loss.h"

static void be_together(struct together *t, struct batch *batch,
			const struct row_type *rows)
{
	struct report_options *report = batch->report;

	memset(report->levels, 0, sizeof(report->levels));
	report->levels[0] = rows;
	report->leaves = false;
	report->together = true;
	batch->ctx = t;
	batch->pairing = &t->pairing;
	batch->open = NULL;
	batch->rows = NULL;
}

/* Paths. */

static void begin_paths(void *ctx, struct report *report, struct trace *trace)
{
	const struct together *t = ctx;
	const struct owd_row clock = { .listing = { .trace = trace },
				       .pairing = t->pairing };

	if (t->pairing)
		report_row(report, 0, &owd_clock, &clock);
}

static void *make_part(struct trace *trace, struct connection *conn)
{
	return path_part_make(trace, conn);
}

static size_t add_part(void *ctx, struct report *report, struct trace *trace,
		       size_t capture, struct connection *conn, void *made)
{
	struct together *t = ctx;

	(void)report;
	(void)trace;
	(void)capture;
	(void)conn;
	if (t->pairing)
		path_loss_find(t->pairing, made);
	paths_add(&t->paths, made);
	path_part_free(made);
	return 1;
}

static void end_paths(void *ctx, struct report *report)
{
	struct together *t = ctx;

	path_rows_report(report, &t->paths);
}

void together_paths(struct together *t, enum path_key by, struct batch *batch)
{
	paths_init(&t->paths, by);
	be_together(t, batch, &summary_path);
	batch->report->singles[1] = &summary_paths_total;
	batch->report->text = &sink_paths;
	batch->begin = begin_paths;
	batch->make = make_part;
	batch->connection = add_part;
	batch->end = end_paths;
}

/* Totals. */

static void *make_summary(struct trace *trace, struct connection *conn)
{
	struct summary *summary = mem_calloc(1, sizeof(*summary));

	summary_make(trace, conn, summary);
	return summary;
}

static size_t add_summary(void *ctx, struct report *report, struct trace *trace,
			  size_t capture, struct connection *conn, void *made)
{
	struct together *t = ctx;

	(void)report;
	(void)trace;
	(void)capture;
	(void)conn;
	totals_add(&t->totals, made);
	summary_release(made);
	free(made);
	return 1;
}

static void end_totals(void *ctx, struct report *report)
{
	struct together *t = ctx;
	const bool wanted[2] = { select_wants_direction(t->select, TO_SERVER),
				 select_wants_direction(t->select, TO_CLIENT) };

	total_rows_report(report, &t->totals, wanted);
}

void together_totals(struct together *t, struct batch *batch)
{
	be_together(t, batch, &summary_totals);
	batch->report->text = NULL;
	batch->begin = NULL;
	batch->make = make_summary;
	batch->connection = add_summary;
	batch->end = end_totals;
}

void together_release(struct together *t)
{
	paths_release(&t->paths);
	totals_release(&t->totals);
}
