/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strlist.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void take(struct strlist *list, char *s)
{
	*MEM_PUSH(list->items, list->n, list->cap) = s;
}

void strlist_add(struct strlist *list, const char *s)
{
	take(list, mem_strdup(s));
}

void strlist_add_new(struct strlist *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], s) == 0)
			return;
	strlist_add(list, s);
}

void strlist_addf(struct strlist *list, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	take(list, s);
}

void strlist_end(struct strlist *list)
{
	MEM_PUSH_ROOM(list->items, list->n, list->cap);
	list->items[list->n] = NULL;
}

void strlist_release(struct strlist *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strlist){ .items = NULL };
}
