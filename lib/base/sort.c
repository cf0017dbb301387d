/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sort.h"

#include <string.h>

#include "base/mem.h"

enum {
	FEW = 256, /* for fewer numbers qsort() is as fast */
	VALUES = 256
};

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

/* The byte above "shift" bits; ordered so that negative numbers come first. */
static unsigned byte_of(int64_t number, int shift)
{
	return (((uint64_t)number ^ (uint64_t)1 << 63) >> shift) & 255;
}

/* Sort by one byte into "to"; equal ones stay in order. */
static void sort_by_byte(const int64_t *from, int64_t *to, size_t n, int shift)
{
	size_t place[VALUES] = { 0 }, at = 0;

	for (size_t i = 0; i < n; i++)
		place[byte_of(from[i], shift)]++;
	for (size_t v = 0; v < VALUES; v++) {
		size_t count = place[v];

		place[v] = at;
		at += count;
	}
	for (size_t i = 0; i < n; i++)
		to[place[byte_of(from[i], shift)]++] = from[i];
}

void sort_int64(int64_t *numbers, size_t n)
{
	int64_t *from = numbers, *to = NULL, *copy = NULL;
	uint64_t differ = 0;

	if (n < FEW) {
		SORT(numbers, n, by_int64);
		return;
	}
	to = copy = mem_realloc(NULL, n, sizeof(*copy));
	for (size_t i = 1; i < n; i++)
		differ |= (uint64_t)(numbers[i] ^ numbers[0]);
	for (int shift = 0; shift < 64; shift += 8)
		if (differ >> shift & 255) {
			int64_t *sorted = to;

			sort_by_byte(from, sorted, n, shift);
			to = from;
			from = sorted;
		}
	if (from != numbers)
		memcpy(numbers, from, n * sizeof(*numbers));
	free(copy);
}

void sort_uint32(uint32_t *numbers, size_t n)
{
	SORT(numbers, n, by_uint32);
}
