/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/canvas.h"

#include <stdlib.h>

#include "base/mem.h"

static void push(struct path *p, double x, double y, int start)
{
	*MEM_PUSH(p->points, p->n, p->cap) = (struct path_point){ x, y, start };
}

void path_move(struct path *p, double x, double y)
{
	push(p, x, y, 1);
}

void path_line(struct path *p, double x, double y)
{
	push(p, x, y, p->n == 0);
}

void path_box(struct path *p, const struct box *box)
{
	path_move(p, box->x0, box->y0);
	path_line(p, box->x1, box->y0);
	path_line(p, box->x1, box->y1);
	path_line(p, box->x0, box->y1);
}

void path_release(struct path *p)
{
	free(p->points);
	*p = (struct path){ .points = NULL };
}

void canvas_stroke(struct canvas *cv, const struct path *p,
		   const struct pen *pen)
{
	if (p->n > 0)
		cv->ops->stroke(cv, p, pen);
}

void canvas_fill(struct canvas *cv, const struct path *p, struct colour colour)
{
	if (p->n > 0)
		cv->ops->fill(cv, p, colour);
}

void canvas_text(struct canvas *cv, double x, double y, const char *text,
		 const struct text_style *style)
{
	if (*text)
		cv->ops->text(cv, x, y, text, style);
}

void canvas_begin(struct canvas *cv, const char *title, const struct box *clip)
{
	cv->ops->begin(cv, title, clip);
}

void canvas_end(struct canvas *cv)
{
	cv->ops->end(cv);
}

void canvas_lower(struct canvas *cv, double y)
{
	cv->ops->lower(cv, y);
}

int canvas_finish(struct canvas *cv, struct error *err)
{
	return cv->ops->finish(cv, err);
}
