/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sort.h"

static int by_int64(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

static int by_uint32(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

void sort_int64(int64_t *numbers, size_t n)
{
	SORT(numbers, n, by_int64);
}

void sort_uint32(uint32_t *numbers, size_t n)
{
	SORT(numbers, n, by_uint32);
}
