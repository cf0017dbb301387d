/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - where something is in what is sorted.
 *
 * LOWER_BOUND(k, from, to, before) is the first k in [from, to) for which the
 * expression "before" is false, and "to" when there is none.  It must be true
 * up to some place and false from there on, as in an array that is sorted:
 *
 *	size_t at = LOWER_BOUND(k, 0, list->n, list->items[k].time < time);
 *
 *	if (at < list->n && list->items[at].time == time)
 *
 * This is the first item at "time" or later, and with "<= time" the first one
 * later than it, so how many are up to it.  "before" is looked at O(log n)
 * times; "k" is a name for it alone.
 */
#ifndef BASE_SEARCH_H
#define BASE_SEARCH_H

#include <stddef.h>

#define LOWER_BOUND(k, from, to, before)                                       \
	({                                                                     \
		size_t search_low = (from), search_high = (to);                \
                                                                               \
		while (search_low < search_high) {                             \
			const size_t k =                                       \
				search_low + (search_high - search_low) / 2;   \
                                                                               \
			if (before)                                            \
				search_low = k + 1;                            \
			else                                                   \
				search_high = k;                               \
		}                                                              \
		search_low;                                                    \
	})

#endif
