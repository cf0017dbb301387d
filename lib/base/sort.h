/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sort.h - sort arrays: qsort(3) with less to write, and fast versions for
 * numbers.
 *
 *	static int by_time(const void *x, const void *y)
 *	{
 *		const struct change *a = x, *b = y;
 *
 *		return COMPARE(a->time, b->time) ?: COMPARE(a->bytes, b->bytes);
 *	}
 *	...
 *	SORT(list, n, by_time);
 *
 * As with qsort(3), the order of equal elements is undefined.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* -1, 0, 1: a is less than, equal to, greater than b. */
#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/*
 * Sort n elements with comparison function "by".  "items" may be NULL when n
 * is 0.
 */
#define SORT(items, n, by)                                                     \
	do {                                                                   \
		if ((n) > 0)                                                   \
			qsort((items), (n), sizeof(*(items)), (by));           \
	} while (0)

/* Sort numbers, lowest first. */
void sort_int64(int64_t *numbers, size_t n);
void sort_uint32(uint32_t *numbers, size_t n);

#endif
