/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h - a plot in a page, as SVG
 */
#ifndef PAGE_FIGURE_H
#define PAGE_FIGURE_H

#include "base/strbuf.h"
#include "plot/plot.h"

/*
 * Draws the kind of plot of that name from "from" to "to" (s since the capture
 * began); "ids" begins the ids in it, and is of letters, digits and hyphens.
 * Where there is nothing to be drawn it adds nothing; -1: it cannot be drawn.
 */
int figure_put(struct strbuf *out, const char *name, const struct plot *plot,
	       double from, double to, const char *ids, struct error *err)
	__attribute__((warn_unused_result));

#endif
