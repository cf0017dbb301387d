/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utc.h - a point in time as text for people: "2026-11-30 09:26:53", in UTC.
 *
 *	printf("%s", utc_text(ns).text);
 */
#ifndef BASE_UTC_H
#define BASE_UTC_H

#include <stdint.h>

struct utc_text {
	char text[32];
};

/*
 * "ns" is nanoseconds since 1970; fractions of a second are cut off (rounded
 * down).
 */
struct utc_text utc_text(int64_t ns);

#endif
