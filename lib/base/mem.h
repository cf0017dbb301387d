/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h - allocation that cannot fail, and growing arrays.
 *
 * Running out of memory is the one error that ends the program (EXIT_SYSTEM,
 * one line on standard error), so that callers need no error path for it.  The
 * caller owns what these functions return and frees it with free(3).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* n * size bytes, zeroed; the product is checked for overflow. */
void *mem_calloc(size_t n, size_t size) __attribute__((returns_nonnull));

/* Resize "old" (may be NULL) to n * size bytes; new bytes are not zeroed. */
void *mem_realloc(void *old, size_t n, size_t size)
	__attribute__((returns_nonnull));

char *mem_strdup(const char *s) __attribute__((returns_nonnull));
char *mem_strndup(const char *s, size_t n) __attribute__((returns_nonnull));

/* A new string, formatted as printf(3) does. */
char *mem_printf(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));
char *mem_vprintf(const char *fmt, va_list args)
	__attribute__((format(printf, 1, 0), returns_nonnull));

/*
 * The capacity to allocate for "want" elements when there is room for "have":
 * half as much again, at least "want" and at least 16.
 */
size_t mem_grow(size_t have, size_t want);

/*
 * Resize "old" (may be NULL) from *cap to at least "want" elements and update
 * *cap.  New elements are zero; the system provides memory for them only when
 * they are written to.
 */
void *mem_grow_zeroed(void *old, size_t *cap, size_t want, size_t size)
	__attribute__((returns_nonnull));

/*
 * Return freed memory to the system (malloc_trim(3); does nothing without
 * glibc).  For use after much was freed in small pieces.  Takes milliseconds.
 */
void mem_give_back(void);

/*
 * Append an element to the array "a" with "n" elements and room for "cap"
 * (three lvalues; evaluated more than once).  Its value is the address of the
 * new element, which is not initialised.
 *
 *	*MEM_PUSH(list->items, list->n, list->cap) = item;
 */
#define MEM_PUSH(a, n, cap)                                                    \
	({                                                                     \
		MEM_PUSH_ROOM(a, n, cap);                                      \
		&(a)[(n)++];                                                   \
	})

/* Make room for one more element, without counting it. */
#define MEM_PUSH_ROOM(a, n, cap)                                               \
	do {                                                                   \
		if ((n) == (cap)) {                                            \
			(cap) = mem_grow((cap), (n) + 1);                      \
			(a) = mem_realloc((a), (cap), sizeof(*(a)));           \
		}                                                              \
	} while (0)

#endif
