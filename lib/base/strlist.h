/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strlist.h - a list of strings, which it owns.
 */
#ifndef BASE_STRLIST_H
#define BASE_STRLIST_H

#include <stddef.h>

struct strlist {
	char **items;
	size_t n;
	size_t cap;
};

/* Append a copy of "s". */
void strlist_add(struct strlist *list, const char *s);

/* Append a copy of "s", unless the list has it. */
void strlist_add_new(struct strlist *list, const char *s);

/* Append a string made by printf. */
void strlist_addf(struct strlist *list, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A NULL behind the last one, as for execv(); the next one takes its place. */
void strlist_end(struct strlist *list);

void strlist_release(struct strlist *list);

#endif
