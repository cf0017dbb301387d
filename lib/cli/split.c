/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/split.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

bool split_is_pattern(const char *pattern)
{
	const char *first = strstr(pattern, "%d");

	return first && !strstr(first + 2, "%d");
}

char *split_name(const char *pattern, uint32_t number)
{
	const char *at = strstr(pattern, "%d");

	return mem_printf("%.*s%" PRIu32 "%s", (int)(at - pattern), pattern,
			  number, at + 2);
}
