/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sort.h - arrays in order.
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
 * The order among equal elements is not defined.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* -1: a is less than b, 1: it is greater, 0: neither. */
#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* qsort(3); an array of nothing may be NULL. */
#define SORT(items, n, by)                                                     \
	do {                                                                   \
		if ((n) > 0)                                                   \
			qsort((items), (n), sizeof(*(items)), (by));           \
	} while (0)

/* Numbers, the lowest first. */
void sort_int64(int64_t *numbers, size_t n);
void sort_uint32(uint32_t *numbers, size_t n);

#endif
