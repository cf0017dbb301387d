/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/number_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	FIRST_ROOM = 16
};

/* At most half of the slots are in use. */
static void make_room(struct number_index *index)
{
	const struct number_index old = *index;

	index->cap = old.cap ? 2 * old.cap : FIRST_ROOM;
	index->slots = mem_calloc(index->cap, sizeof(*index->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].item)
			*number_index_slot(index, old.slots[i].number) =
				old.slots[i];
	free(old.slots);
}

uint32_t *number_index_place(struct number_index *index, uint32_t number)
{
	struct number_slot *slot = NULL;

	if (index->n >= index->cap / 2)
		make_room(index);
	slot = number_index_slot(index, number);
	index->n += !slot->item;
	slot->number = number;
	return &slot->item;
}

void number_index_clear(struct number_index *index)
{
	if (index->n)
		memset(index->slots, 0, index->cap * sizeof(*index->slots));
	index->n = 0;
}

void number_index_release(struct number_index *index)
{
	free(index->slots);
	*index = (struct number_index){ .n = 0 };
}
