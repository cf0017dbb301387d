/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split.h - names of files that connections of a capture go into.
 */
#ifndef CLI_SPLIT_H
#define CLI_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

/* "OUT" with the number in place of its one "%d"; to be freed by the caller. */
char *split_name(const char *pattern, uint32_t number);

/* Has it exactly one? */
bool split_is_pattern(const char *pattern);

#endif
