/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plural.h - the ending of an English noun behind a number: "1 byte", "2 bytes".
 */
#ifndef BASE_PLURAL_H
#define BASE_PLURAL_H

#include <stdint.h>

/* "" for 1, else "s". */
static inline const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

#endif
