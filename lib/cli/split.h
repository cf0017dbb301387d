/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split.h - file names for the connections of a capture.
 */
#ifndef CLI_SPLIT_H
#define CLI_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

/* The pattern with the number in place of its "%d".  The caller frees it. */
char *split_name(const char *pattern, uint32_t number);

/* Whether the pattern contains "%d" exactly once. */
bool split_is_pattern(const char *pattern);

#endif
