/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/runs.h"

#include <err.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/load.h"
#include "plot/overlay.h"

struct runs {
	const struct cli *cli;
	const struct plot_kind *kind;
	const struct plot *plot; /* settings for all of them */
	const char **names;	 /* the first path of each, owned */
	size_t n;
	struct chart chart;
};

/* Draw a run alone, and take its distribution. */
static int take_drawn(struct runs *r, struct plot *plot, size_t i,
		      struct error *err)
{
	char *name = overlay_name(r->names, r->n, i);
	struct chart one;
	int rc = 0;

	chart_init(&one);
	rc = choose_one(r->cli, r->kind, plot, err);
	if (rc == 0)
		rc = plot_make(r->kind, plot, &one, err);
	if (rc == 0)
		rc = overlay_add(&r->chart, &one, name, err);
	chart_release(&one);
	free(name);
	return rc;
}

static int take_loaded(struct runs *r, struct loaded *l, size_t i,
		       struct error *err)
{
	const struct pairing_options how = {
		.client_end = r->cli->common.client - 1
	};
	struct plot plot = *r->plot;
	struct pairing pairing;
	int rc = 0;

	plot.trace = &l->session[0].trace;
	if (l->n < 2)
		return take_drawn(r, &plot, i, err);
	plot.second = &l->session[1].trace;
	if (pairing_make(&pairing, plot.trace, plot.second, &how, err) < 0)
		return -1;
	plot.pairing = &pairing;
	rc = take_drawn(r, &plot, i, err);
	pairing_release(&pairing);
	return rc;
}

/* Runs with nothing to draw are skipped; other errors end it. */
static enum exit_status take_run(struct runs *r, size_t i,
				 const char *const *paths, size_t n)
{
	const struct session_operand what[2] = {
		{ .paths = paths, .n = 1 }, { .paths = paths + 1, .n = 1 }
	};
	struct error err = ERROR_INIT;
	struct loaded l = { .n = 0 };
	enum exit_status status = load_captures(r->cli, what, n, LOAD_ALL, &l);

	if (status != EXIT_OK)
		return status;
	if (take_loaded(r, &l, i, &err) < 0) {
		if (err.kind == EXIT_INPUT)
			warnx("%s", err.text);
		else
			status = cli_error(EXIT_OK, &err);
	}
	loaded_release(&l);
	return status;
}

static enum exit_status finish(struct runs *r, const struct plot_look *look,
			       const char *path)
{
	struct error err = ERROR_INIT;

	if (!r->chart.n_series) {
		error_set(&err, EXIT_INPUT, "nothing to draw in any capture");
		return cli_error(EXIT_OK, &err);
	}
	overlay_finish(r->kind, r->plot->log, &r->chart);
	if (plot_save(&r->chart, look, path, &err) < 0)
		return cli_error(EXIT_OK, &err);
	return EXIT_OK;
}

enum exit_status runs_draw(const struct cli *cli, int first,
			   const struct plot_kind *kind,
			   const struct plot *plot,
			   const struct plot_look *look, const char *path)
{
	const char *const *paths = (const char *const *)cli->argv + first;
	const size_t each = kind->needs & PLOT_TWO ? 2 : 1;
	const size_t n = (size_t)(cli->argc - first);
	struct runs r = {
		.cli = cli, .kind = kind, .plot = plot, .n = n / each
	};
	enum exit_status status = EXIT_OK;

	r.names = mem_calloc(r.n + 1, sizeof(*r.names));
	for (size_t i = 0; i < r.n; i++)
		r.names[i] = paths[i * each];
	chart_init(&r.chart);
	for (size_t i = 0; status == EXIT_OK && i < r.n; i++)
		status = take_run(&r, i, paths + i * each, each);
	if (status == EXIT_OK)
		status = finish(&r, look, path);
	chart_release(&r.chart);
	free(r.names);
	return status;
}
