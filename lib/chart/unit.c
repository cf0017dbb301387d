/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

#define MICRO "\xc2\xb5s"

static const struct unit_multiple count[] = {
	{ 0, 1, "" },
	{ 1e5, 1e3, "thousands" },
	{ 1e6, 1e6, "millions" },
	{ 1e10, 1e9, "billions" },
	{ 1e15, 1, "" },
};
static const struct unit_multiple seconds[] = {
	{ 0, 1e-9, "ns" },
	{ 1e-6, 1e-6, MICRO },
	{ 1e-3, 1e-3, "ms" },
	{ 1, 1, "s" },
};
static const struct unit_multiple milliseconds[] = {
	{ 0, 1e-6, "ns" },
	{ 1e-3, 1e-3, MICRO },
	{ 1, 1, "ms" },
	{ 2e4, 1e3, "s" },
};
static const struct unit_multiple bytes[] = {
	{ 0, 1, "B" },	    { 1e4, 1e3, "kB" },	  { 1e6, 1e6, "MB" },
	{ 1e9, 1e9, "GB" }, { 1e12, 1e12, "TB" },
};
static const struct unit_multiple binary[] = {
	{ 0, 1, "B" },
	{ 8192, 1024, "KiB" },
	{ 1048576, 1048576, "MiB" },
	{ 1073741824, 1073741824, "GiB" },
	{ 1099511627776, 1099511627776, "TiB" },
};
static const struct unit_multiple bitrate[] = {
	{ 0, 1, "bit/s" },	  { 1e4, 1e3, "kbit/s" },
	{ 1e6, 1e6, "Mbit/s" },	  { 1e9, 1e9, "Gbit/s" },
	{ 1e12, 1e12, "Tbit/s" },
};
static const struct unit_multiple plain[] = { { 0, 1, "" } };
static const struct unit_multiple percent[] = { { 0, 1, "%" } };

#define MULTIPLES(a) a, sizeof(a) / sizeof((a)[0])

static const struct {
	const char *base;
	const struct unit_multiple *multiples;
	size_t n;
} units[] = {
	[CHART_COUNT] = { "", MULTIPLES(count) },
	[CHART_SECONDS] = { "s", MULTIPLES(seconds) },
	[CHART_MILLISECONDS] = { "ms", MULTIPLES(milliseconds) },
	[CHART_BYTES] = { "bytes", MULTIPLES(bytes) },
	[CHART_BYTES_BINARY] = { "bytes", MULTIPLES(binary) },
	[CHART_BITRATE] = { "bit/s", MULTIPLES(bitrate) },
	[CHART_RATIO] = { "", MULTIPLES(plain) },
	[CHART_PERCENT] = { "percent", MULTIPLES(percent) },
	[CHART_CLOCK] = { "s", MULTIPLES(plain) },
	[CHART_RAW32] = { "", MULTIPLES(plain) },
	[CHART_RAW64] = { "", MULTIPLES(plain) },
};

const struct unit_multiple *unit_pick(enum chart_unit unit, double max)
{
	const struct unit_multiple *m = units[unit].multiples;
	size_t best = 0;

	for (size_t i = 1; i < units[unit].n; i++)
		if (max >= m[i].least * (1 - 1e-9))
			best = i;
	return &m[best];
}

const char *unit_base(enum chart_unit unit)
{
	return units[unit].base;
}

bool unit_is_raw(enum chart_unit unit)
{
	return unit == CHART_RAW32 || unit == CHART_RAW64;
}

uint64_t unit_raw(const struct chart_axis *axis, int64_t value)
{
	uint64_t number = axis->origin + (uint64_t)value;

	return axis->unit == CHART_RAW32 ? (uint32_t)number : number;
}

int64_t unit_clock_ns(const struct chart_axis *axis, double value)
{
	double ns = rint(value * 1e9);
	int64_t sum;

	if (!(ns < 0x1p63))
		return INT64_MAX;
	if (ns < -0x1p63)
		return INT64_MIN;
	if (__builtin_add_overflow(axis->epoch_ns, (int64_t)ns, &sum))
		sum = ns < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static char *clock_title(const struct chart_axis *axis, double from)
{
	int64_t ns = unit_clock_ns(axis, from);
	time_t day = ns / 1000000000 - (ns % 1000000000 < 0);
	struct tm tm = { .tm_mday = 1 };
	char date[32] = "";

	gmtime_r(&day, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	return mem_printf("%s%sUTC, %s%s", axis->title ? axis->title : "",
			  axis->title ? " (" : "", date,
			  axis->title ? ")" : "");
}

char *unit_title(const struct chart_axis *axis, const char *symbol, double from)
{
	const char *title = axis->title ? axis->title : "";

	if (axis->unit == CHART_CLOCK)
		return clock_title(axis, from);
	if (*title && *symbol)
		return mem_printf("%s (%s)", title, symbol);
	return mem_strdup(*title ? title : symbol);
}

char *unit_title_within(const struct chart_axis *axis, const char *symbol,
			double from, const struct title_room *room)
{
	char *title = unit_title(axis, symbol, from), *out = NULL;

	if (axis->brief &&
	    text_width(title, room->size, room->font) > room->max) {
		struct chart_axis brief = *axis;

		brief.title = axis->brief;
		free(title);
		title = unit_title(&brief, symbol, from);
	}
	out = text_shorten(title, room->size, room->font, room->max,
			   TEXT_CUT_MIDDLE);
	free(title);
	return out;
}
