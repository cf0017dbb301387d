/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strlist.h - a growing list of strings.  The list owns the strings.
 * Initialise with zeros.
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

/* Append a copy of "s", unless the list contains it. */
void strlist_add_new(struct strlist *list, const char *s);

/* Append a string formatted by printf(3). */
void strlist_addf(struct strlist *list, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Put a NULL behind the last string, as execv(3) needs it.  It is not counted:
 * the next string that is added replaces it.
 */
void strlist_end(struct strlist *list);

void strlist_release(struct strlist *list);

#endif
