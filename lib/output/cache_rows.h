/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_rows.h - the rows of mptcp-cache.
 */
#ifndef OUTPUT_CACHE_ROWS_H
#define OUTPUT_CACHE_ROWS_H

#include "cache/cachedir.h"
#include "output/column.h"

/* A row about one entry, or about the whole cache if "entry" is NULL. */
struct cache_row {
	const struct cachedir *dir;
	const struct cache_entry *entry;
	int64_t now; /* ns since 1970 */
};

extern const struct row_type cache_entry_type;
extern const struct row_type cache_total_type;

#endif
