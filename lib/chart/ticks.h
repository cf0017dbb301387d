/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks.h - choose the ticks of an axis and their labels.
 *
 *	struct ticks t = { 0 };
 *	ticks_make(&t, &chart.x, &scale, &room);
 *	... t.items[i].value, t.items[i].label ...
 *	ticks_release(&t);
 *
 * Steps are 1, 2 or 5 times a power of ten of the multiple that is shown (MB).
 * For times of day they divide the minute, the hour and the day.  A
 * logarithmic axis has labels at powers of ten, or at 1, 2 and 5 times these.
 * Labels are distinct, have the same number of digits and do not overlap.
 */
#ifndef CHART_TICKS_H
#define CHART_TICKS_H

#include <stdbool.h>

#include "chart/scale.h"
#include "chart/textfit.h"
#include "chart/unit.h"

enum {
	TICK_LABEL_MAX = 48
};

struct tick {
	double value;		    /* of the axis, within its range */
	char label[TICK_LABEL_MAX]; /* "": a minor tick */
};

struct ticks {
	struct tick *items; /* owned; majors in ascending order, then minors */
	size_t n, cap;
	/* of the multiple, for unit_title(); static string */
	const char *symbol;
};

/* The room for labels. */
struct ticks_room {
	double size; /* of the font, px */
	enum text_font font;
	bool vertical; /* labels are stacked vertically */
};

/* Compute the ticks for the range and length of "s", replacing those in "t". */
void ticks_make(struct ticks *t, const struct chart_axis *axis,
		const struct scale *s, const struct ticks_room *room);

/* The width of the widest label, px. */
double ticks_width(const struct ticks *t, const struct ticks_room *room);

void ticks_release(struct ticks *t);

#endif
