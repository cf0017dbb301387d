/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clip.h - cut paths to the neighbourhood of the plot, so that no format gets
 * to see positions far outside of the page.
 */
#ifndef CHART_CLIP_H
#define CHART_CLIP_H

#include "chart/canvas.h"

/* Append to "out" what of the lines of "p" lies within "box". */
void clip_lines(const struct path *p, const struct box *box, struct path *out);

/*
 * Move points outside of "box" to its border; exact for shapes whose sides are
 * horizontal and vertical.
 */
void clip_clamp(struct path *p, const struct box *box);

#endif
