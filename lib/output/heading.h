/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heading.h - the heading of a column in a table.
 */
#ifndef OUTPUT_HEADING_H
#define OUTPUT_HEADING_H

#include "output/sink.h"

/*
 * "one_level": all columns are of the same level, so headings need not name
 * it.  The caller frees it.
 */
char *heading_make(const struct pick *pick, bool one_level)
	__attribute__((returns_nonnull));

#endif
