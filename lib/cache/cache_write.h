/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_write.h - a capture that is being read, on its way into the cache.
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

/* Start to write; under the lock. */
int cache_begin(struct cache *c, struct error *err)
	__attribute__((warn_unused_result));

/* Store one more row.  Write errors are kept for cache_commit(). */
void cache_put(struct cache *c, const struct row *row);

/* The files take their names, the manifest last. */
int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err) __attribute__((warn_unused_result));

/* Stop to write; what was written is removed. */
void cache_abandon(struct cache *c);

#endif
