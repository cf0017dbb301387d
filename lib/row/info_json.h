/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * info_json.h - capture_info.h as JSON, in the cache and in the first line of
 * an export.
 *
 * Members: packets, rows, malformed, first_time, last_time, complete,
 * warnings, and if there are any, icmp, interfaces, snapped, clock_jumps and
 * dropped.  Times are strings with decimal seconds, or null.
 */
#ifndef ROW_INFO_JSON_H
#define ROW_INFO_JSON_H

#include <jansson.h>

#include "row/capture_info.h"

/* Make a new JSON object, which the caller owns. */
json_t *info_json_encode(const struct capture_info *info, uint64_t rows);

/* The inverse; -1 if a member is missing or invalid. */
int info_json_decode(json_t *o, struct capture_info *info, uint64_t *rows);

/* Read a member that is a non-negative integer; -1 if it is not. */
int info_json_count(json_t *o, const char *name, uint64_t *out);

#endif
