/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

struct order_line {
	struct value key;
	size_t group;  /* the line of level 0 that it belongs with */
	size_t number; /* of the line */
	const struct order *order;
};

void order_init(struct order *o, const struct report_options *options)
{
	const char *name = options->sort;

	*o = (struct order){ .leaves = options->leaves };
	if (!name)
		return;
	o->is_asked = true;
	o->descending = *name == '-';
	o->key.name = mem_strdup(name + (*name == '-' || *name == '+'));
	(void)!pick_find_key(options, &o->key);
}

void order_add(struct order *o, int level, const void *row)
{
	const struct column *c =
		o->leaves ? pick_column(&o->key) : o->key.at[level];
	struct order_line *line = MEM_PUSH(o->lines, o->n, o->cap);

	*line = (struct order_line){ .key = VALUE_INIT, .number = o->n - 1 };
	line->group = line->number;
	if (level && !o->leaves && line->number)
		line->group = o->lines[line->number - 1].group;
	if (o->is_asked && c)
		c->get(row, &line->key);
}

static bool is_unknown(const struct value *v)
{
	return v->kind == VALUE_NULL || v->kind == VALUE_ABSENT;
}

static int compare(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return COMPARE(a->kind, b->kind);
	switch (a->kind) {
	case VALUE_NULL:
	case VALUE_ABSENT: return 0;
	case VALUE_U64: return COMPARE(a->u64, b->u64);
	case VALUE_I64:
	case VALUE_NS: return COMPARE(a->i64, b->i64);
	case VALUE_BOOL: return COMPARE(a->boolean, b->boolean);
	case VALUE_REAL: return COMPARE(a->real, b->real);
	case VALUE_TEXT:
	case VALUE_JSON: break;
	}
	return strcmp(a->text.text, b->text.text);
}

static int by_key(const void *x, const void *y)
{
	const struct order_line *a = x, *b = y;
	const struct order_line *top = a->order->lines;
	const struct value *k = &top[a->group].key, *l = &top[b->group].key;
	int differ = 0;

	if (a->group != b->group && is_unknown(k) != is_unknown(l))
		return is_unknown(k) ? 1 : -1;
	if (a->group != b->group)
		differ = compare(k, l);
	if (differ)
		return a->order->descending ? -differ : differ;
	return COMPARE(a->group, b->group) ?: COMPARE(a->number, b->number);
}

const size_t *order_sorted(struct order *o)
{
	struct order_line *lines =
		mem_calloc(o->n + 1, sizeof(*lines)); /* keys are borrowed */

	free(o->sorted);
	o->sorted = mem_calloc(o->n + 1, sizeof(*o->sorted));
	for (size_t i = 0; i < o->n; i++) {
		lines[i] = o->lines[i];
		lines[i].order = o;
	}
	if (o->is_asked)
		SORT(lines, o->n, by_key);
	for (size_t i = 0; i < o->n; i++)
		o->sorted[i] = lines[i].number;
	free(lines);
	return o->sorted;
}

void order_release(struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		value_release(&o->lines[i].key);
	free(o->lines);
	free(o->sorted);
	free(o->key.name);
	*o = (struct order){ .n = 0 };
}
