/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit.h - units of values, and their multiples for axes: ms, kB, Mbit/s.
 */
#ifndef CHART_UNIT_H
#define CHART_UNIT_H

#include <stdbool.h>

#include "chart/chart.h"
#include "chart/textfit.h"

struct unit_multiple {
	double least;	    /* for axes that reach this value */
	double factor;	    /* labels are the values divided by this */
	const char *symbol; /* "MB"; "" for plain numbers */
};

/* The multiple for an axis whose values reach "max" (absolute). */
const struct unit_multiple *unit_pick(enum chart_unit unit, double max)
	__attribute__((returns_nonnull));

/* The unit of the values, for data files: "s", "bytes"; "" for none. */
const char *unit_base(enum chart_unit unit) __attribute__((returns_nonnull));

/*
 * The title of an axis that begins at "from": "Data sequence (MB)", "Time
 * (UTC, 2024-05-01)".  The caller frees it.
 */
char *unit_title(const struct chart_axis *axis, const char *symbol, double from)
	__attribute__((returns_nonnull));

/* The room for a title: its font, and the most px. */
struct title_room {
	double size;
	enum text_font font;
	double max;
};

/*
 * The same for little room: if the title is too long, the brief one of the
 * axis, if it has one; and what is still too long without its middle.
 */
char *unit_title_within(const struct chart_axis *axis, const char *symbol,
			double from, const struct title_room *room)
	__attribute__((returns_nonnull));

bool unit_is_raw(enum chart_unit unit);

/* RAW32, RAW64: the number that a value represents. */
uint64_t unit_raw(const struct chart_axis *axis, int64_t value);

/*
 * CLOCK: the time that a value represents, in ns since 1970, rounded;
 * INT64_MIN or INT64_MAX if it is out of range.
 */
int64_t unit_clock_ns(const struct chart_axis *axis, double value);

#endif
