/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - a plot within a page, as SVG
 */
#ifndef PAGE_FIGURE_H
#define PAGE_FIGURE_H

#include "base/strbuf.h"
#include "plot/plot.h"

/*
 * Append the plot of this kind for the time "from" to "to" (seconds since the
 * beginning of the capture).  "ids" is a prefix for ids in the SVG: letters,
 * digits and hyphens.  Appends nothing if there is nothing to draw; -1:
 * drawing failed.
 */
int figure_put(struct strbuf *out, const char *name, const struct plot *plot,
	       double from, double to, const char *ids, struct error *err)
	__attribute__((warn_unused_result));

#endif
