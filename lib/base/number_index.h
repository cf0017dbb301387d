/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number_index.h - a map from 32-bit numbers to positions in an array, for
 * numbers that are sparse.  A hash table with open addressing (Knuth, The Art
 * of Computer Programming, volume 3, 6.4).
 *
 *	struct number_index index = { .n = 0 };
 *	uint32_t *at = number_index_place(&index, number);
 *	if (!*at)
 *		*at = 1 + new_item(number);
 *	... items[*at - 1] ...
 *	number_index_release(&index);
 *
 * Each operation takes O(1) on average; each number takes 16 to 32 bytes.
 * Positions are stored plus 1, so that 0 means "not there".  Initialise with
 * zeros.
 */
#ifndef BASE_NUMBER_INDEX_H
#define BASE_NUMBER_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct number_slot {
	uint32_t number;
	uint32_t item; /* position in the array + 1; 0: free */
};

struct number_index {
	struct number_slot *slots; /* owned */
	size_t n, cap;		   /* entries; capacity: a power of two, or 0 */
};

/*
 * Where the position of this number is stored, plus 1.  It is 0 when the
 * number is new: the caller must then store one.  The pointer is valid until
 * the next call.
 */
uint32_t *number_index_place(struct number_index *index, uint32_t number);

/*
 * The slot of a number, or the free slot where it would go.  The capacity must
 * not be 0.
 */
static inline struct number_slot *
number_index_slot(const struct number_index *index, uint32_t number)
{
	size_t at = number * 0x9e3779b1u & (index->cap - 1);

	while (index->slots[at].item && index->slots[at].number != number)
		at = (at + 1) & (index->cap - 1);
	return &index->slots[at];
}

/* The position stored for a number; -1: it has none. */
static inline long number_index_find(const struct number_index *index,
				     uint32_t number)
{
	return index->cap ? (long)number_index_slot(index, number)->item - 1
			  : -1;
}

/* Remove all entries but keep the memory. */
void number_index_clear(struct number_index *index);
void number_index_release(struct number_index *index);

#endif
