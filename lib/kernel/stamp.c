/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"

#define SECOND INT64_C(1000000000) /* ns */
/* From 1970, about two centuries: more than captures can have. */
#define SECONDS_MOST INT64_C(6000000000)

static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S" };

/* Parse ".697585" as ns, and advance. */
static int64_t take_fraction(const char **at)
{
	int64_t ns = 0, unit = SECOND;

	if (**at != '.' && **at != ',')
		return 0;
	for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
		unit /= 10;
		ns += unit * (**at - '0');
	}
	return ns;
}

/* "Z", "+0100" or "+01:00", as seconds ahead of UTC. */
static bool take_zone(const char *at, int64_t *ahead)
{
	struct tm zone = { .tm_gmtoff = 0 };

	if ((*at != '+' && *at != '-' && *at != 'Z') ||
	    !strptime(at, "%z", &zone))
		return false;
	*ahead = zone.tm_gmtoff;
	return true;
}

/* To ns; false: it is centuries away. */
static bool take_seconds_of(struct tm *tm, struct stamp *out)
{
	const int64_t seconds = (int64_t)timegm(tm);

	if (seconds < -SECONDS_MOST || seconds > SECONDS_MOST)
		return false;
	out->time = seconds * SECOND;
	return true;
}

/* Parse a time at "text"; returns its end, or NULL. */
static const char *take_date(const char *text, struct stamp *out)
{
	struct tm tm = { .tm_year = 0 };
	const char *end = NULL;
	int64_t ahead = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms) && !end; i++)
		end = strptime(text, forms[i], &tm);
	if (!end || !take_seconds_of(&tm, out))
		return NULL;
	out->time += take_fraction(&end);
	out->has_zone = take_zone(end, &ahead);
	out->time -= ahead * SECOND;
	out->known = true;
	return end;
}

/* How date(1) prints a time; the zone is before or after the year. */
static const struct {
	const char *time, *year;
} dates[] = {
	{ "%a %b %d %H:%M:%S", "%Y" },	   { "%a %b %d %I:%M:%S %p", "%Y" },
	{ "%a %d %b %Y %I:%M:%S %p", "" }, { "%a %d %b %Y %H:%M:%S", "" },
	{ "%a %d %b %H:%M:%S", "%Y" },	   { "%a, %d %b %Y %H:%M:%S", "" },
};

/* "UTC", "+0100"; other words are ambiguous zones. */
static const char *take_zone_word(const char *at, struct stamp *out)
{
	const char *word = at + strspn(at, " ");
	const bool is_year = *word >= '0' && *word <= '9';
	const size_t n = is_year ? 0 : strcspn(word, " \t\r\n");
	int64_t ahead = 0;

	out->has_zone = (n == 3 && (!strncmp(word, "UTC", n) ||
				    !strncmp(word, "GMT", n))) ||
			take_zone(word, &ahead);
	out->time -= ahead * SECOND;
	return word + n;
}

/* A line of date(1), possibly after other words. */
static bool take_words(const char *text, struct stamp *out)
{
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		struct tm tm = { .tm_year = 0 };
		const char *end = strptime(text, dates[i].time, &tm);
		struct stamp zone = { .time = 0 };

		if (!end)
			continue;
		end = take_zone_word(end, &zone);
		end += strspn(end, " ");
		if (!strptime(end, dates[i].year, &tm) ||
		    !take_seconds_of(&tm, out))
			continue;
		zone.time += out->time;
		*out = zone;
		out->known = true;
		return true;
	}
	return false;
}

/* "1796030813", a word of its own */
static bool take_whole_seconds(const char *word, size_t n, struct stamp *out)
{
	uint64_t seconds = 0;

	if (n < 9 || num_u64(word, n, INT32_MAX, &seconds))
		return false;
	*out = (struct stamp){ .known = true,
			       .has_zone = true,
			       .time = (int64_t)seconds * SECOND };
	return true;
}

/* "1796030813.697585" */
static const char *take_seconds(const char *text, struct stamp *out)
{
	const size_t n = strspn(text, "0123456789");
	const char *end = text + n;
	uint64_t seconds = 0;

	if (n < 9 || *end != '.' || num_u64(text, n, INT32_MAX, &seconds))
		return NULL;
	out->time = (int64_t)seconds * SECOND + take_fraction(&end);
	out->has_zone = out->known = true;
	return end;
}

/* "Nov 30 09:26:53"; 1972 is a leap year. */
static const char *take_journal(const char *text, struct stamp *out)
{
	struct tm tm = { .tm_year = 72, .tm_mday = 1 };
	const char *end = strptime(text, "%b %d %H:%M:%S", &tm);

	if (!end)
		return NULL;
	out->time = (int64_t)timegm(&tm) * SECOND + take_fraction(&end);
	out->has_zone = false;
	out->known = out->no_year = true;
	return end;
}

int64_t stamp_in_year(int64_t time, int64_t near)
{
	const time_t said = (time_t)(time / SECOND);
	const time_t about = (time_t)(near / SECOND);
	struct tm tm, year;
	int64_t best = 0;

	gmtime_r(&said, &tm);
	gmtime_r(&about, &year);
	for (int y = year.tm_year - 1; y <= year.tm_year + 1; y++) {
		struct tm that = tm;
		int64_t then = 0;

		that.tm_year = y;
		then = (int64_t)timegm(&that);
		if (y < year.tm_year ||
		    llabs(then - about) < llabs(best - about))
			best = then;
	}
	return best * SECOND + time % SECOND;
}

bool stamp_of_line(const char *line, struct stamp *out)
{
	struct tm tm = { .tm_year = 0 };
	const char *end = NULL;
	size_t digits = 0;
	uint64_t us = 0;

	if (strncmp(line, "Timestamp: ", 11))
		return false;
	end = strptime(line + 11, "%a %b %d %H:%M:%S %Y ", &tm);
	*out = (struct stamp){ .known = false };
	out->known = end && take_seconds_of(&tm, out);
	if (!out->known)
		return true;
	digits = strspn(end, "0123456789");
	if (num_u64(end, digits, 999999, &us))
		us = 0;
	out->time += (int64_t)us * 1000;
	return true;
}

void stamp_before(const char *line, size_t n, struct stamp *out)
{
	*out = (struct stamp){ .known = false };
	for (const char *at = line; at < line + n;) {
		const char *end = take_date(at, out);

		if (!end)
			end = take_seconds(at, out);
		if (!end)
			end = take_journal(at, out);
		at = end ? end : at + 1;
	}
}

void stamp_of_date(const char *line, struct stamp *out)
{
	static const char blanks[] = " \t\r\n";

	for (const char *word = line; *(word += strspn(word, blanks));) {
		const size_t n = strcspn(word, blanks);

		if (take_words(word, out) || take_whole_seconds(word, n, out))
			return;
		word += n;
	}
	stamp_before(line, strlen(line), out);
}
