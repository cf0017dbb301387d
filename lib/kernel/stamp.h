/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamp.h - parse the times of log lines
 */
#ifndef KERNEL_STAMP_H
#define KERNEL_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stamp {
	bool known;
	bool has_zone; /* the time zone is stated; else treated as UTC */
	bool no_year;  /* the year is not stated; treated as 1972 */
	int64_t time;  /* ns since 1970 */
};

/*
 * Whether this is the line that "ip -t" prints before an event: "Timestamp:
 * Mon Nov 30 09:26:53 2026 697585 usec".
 */
bool stamp_of_line(const char *line, struct stamp *out);

/*
 * The last time in the first n characters of a line, of the forms
 * "2026-11-30T09:26:53.697585", with or without a fraction and a zone ("Z",
 * "+0100", "+01:00"), "1796030813.697585" (seconds since 1970, with a
 * fraction), and "Nov 30 09:26:53", which says no year.  "out" is unknown where
 * there is none.
 */
void stamp_before(const char *line, size_t n, struct stamp *out);

/*
 * The time in a line that somebody wrote for it, as date(1) prints it, perhaps
 * with other words around ("# 1796030813"): the forms of stamp_before(),
 * seconds without a fraction, and
 *	Mon Nov 30 09:26:53 UTC 2026		date, LC_TIME=C
 *	Mon Nov 30 09:26:53 AM UTC 2026		... en_US.UTF-8
 *	Mon 30 Nov 2026 09:26:53 AM UTC		... of other versions
 *	Mon 30 Nov 09:26:53 UTC 2026		... en_GB.UTF-8
 *	Mon, 30 Nov 2026 09:26:53 +0000		date -R
 * of which zones are known that are UTC, GMT or numbers: "CET" says none.
 */
void stamp_of_date(const char *line, struct stamp *out);

/* Move a time without year to the year in which it is closest to "near". */
int64_t stamp_in_year(int64_t time, int64_t near);

#endif
