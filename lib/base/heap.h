/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heap.h - a priority queue: the item with the lowest key comes out first.
 *
 *	struct heap heap = { 0 };
 *	heap_push(&heap, key, value);
 *	while (heap.n && heap.items[0].key <= limit)
 *		... heap_pop(&heap).value ...
 *	heap_release(&heap);
 *
 * heap.items[0] is the item that heap_pop() would return.  Push and pop take
 * O(log n); among equal keys the lowest value comes first.  Initialise with
 * zeros; the heap owns its memory.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap_item {
	int64_t key, value;
};

struct heap {
	struct heap_item *items; /* items[0] has the lowest key; owned */
	size_t n, cap;
};

void heap_push(struct heap *heap, int64_t key, int64_t value);
/*
 * Remove and return the item with the lowest key.  The heap must not be empty.
 */
struct heap_item heap_pop(struct heap *heap);
void heap_release(struct heap *heap);

#endif
