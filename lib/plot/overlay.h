/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay.h - combine the distributions of several runs in one chart.
 *
 * For kinds that are distributions, that of the whole connection; for other
 * kinds with PLOT_RUNS, that of the values of all subflows, as drawn by
 * plot_make().
 */
#ifndef PLOT_OVERLAY_H
#define PLOT_OVERLAY_H

#include "plot/plot.h"

/*
 * Add the distribution of one run, a chart from plot_make(), to "c", whose
 * axes are set with the first one.  Returns -1 and EXIT_INPUT if the run has
 * none.
 */
int overlay_add(struct chart *c, const struct chart *run, const char *name,
		struct error *err) __attribute__((warn_unused_result));

/* Call after the last run: sets titles and the logarithmic axis. */
void overlay_finish(const struct plot_kind *kind, enum plot_log log,
		    struct chart *c);

/*
 * A name for run i of "n": its path without the directories and the suffix
 * that all have in common.  The caller frees it.
 */
char *overlay_name(const char *const *paths, size_t n, size_t i)
	__attribute__((returns_nonnull));

#endif
