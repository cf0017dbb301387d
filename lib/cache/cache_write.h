/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_write.h - write a capture into the cache while it is being read.
 *
 *	cache_lock(&cache, &err);
 *	cache_begin(&cache, &err);
 *	for each row:
 *		cache_put(&cache, &row);
 *	cache_commit(&cache, &info, &err); or cache_abandon(&cache);
 */
#ifndef CACHE_CACHE_WRITE_H
#define CACHE_CACHE_WRITE_H

#include "cache/cache.h"

/* Start to write.  The lock must be held. */
int cache_begin(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

/* Store a row.  Write errors are reported by cache_commit(). */
void cache_put(struct cache *c, const struct row *row);

/* Give the files their names, the manifest last. */
int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err) __attribute__((warn_unused_result));

/* Stop and remove what was written. */
void cache_abandon(struct cache *c);

#endif
