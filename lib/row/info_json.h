/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * info_json.h - what is said of a capture besides its rows, as JSON: in the
 * cache, and in the first line of an export.
 *
 * Members: packets, rows, malformed, first_time, last_time, complete, warnings,
 * and, where there are any, icmp, interfaces,
 * snapped, clock_jumps and dropped.  Times are decimal seconds in
 * strings, or null without any.
 */
#ifndef ROW_INFO_JSON_H
#define ROW_INFO_JSON_H

#include <jansson.h>

#include "row/capture_info.h"

/* A new object with them; the caller owns it. */
json_t *info_json_encode(const struct capture_info *info, uint64_t rows);

/* The opposite; -1 when a member is missing or makes no sense. */
int info_json_decode(json_t *o, struct capture_info *info, uint64_t *rows);

/* A member that is a whole number, 0 or more; -1 when it is not. */
int info_json_count(json_t *o, const char *name, uint64_t *out);

#endif
