/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - binary search in sorted arrays.
 *
 * LOWER_BOUND(k, from, to, before) is the first index k in [from, to) for
 * which the expression "before" is false, or "to" when it is true for all.
 * The expression, which uses k, must be true up to some index and false from
 * there on, as with a sorted array:
 *
 *	size_t at = LOWER_BOUND(k, 0, list->n, list->items[k].time < time);
 *
 *	if (at < list->n && list->items[at].time == time)
 *
 * This finds the first item at or after "time"; with "<= time" it finds the
 * first one after it, which is also the number of items up to it.  The
 * expression is evaluated O(log n) times.
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
