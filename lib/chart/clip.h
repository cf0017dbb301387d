/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clip.h - clip paths to the surroundings of the plot, so that formats need
 * not handle positions far outside of the page.
 */
#ifndef CHART_CLIP_H
#define CHART_CLIP_H

#include "chart/canvas.h"

/* Append to "out" those parts of the lines of "p" that lie within "box". */
void clip_lines(const struct path *p, const struct box *box, struct path *out);

/*
 * Move points outside of "box" to its border.  Exact for shapes with
 * horizontal and vertical sides only.
 */
void clip_clamp(struct path *p, const struct box *box);

#endif
