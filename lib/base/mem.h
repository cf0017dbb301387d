/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h - allocation that cannot fail, and growing arrays.
 *
 * Out of memory is the one error that ends the program (EXIT_SYSTEM, one line
 * on stderr): nothing useful can be said of a capture that does not fit.
 * What these functions return is the caller's, to be freed with free(3).
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

/* printf into a fresh string. */
char *mem_printf(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));
char *mem_vprintf(const char *fmt, va_list args)
	__attribute__((format(printf, 1, 0), returns_nonnull));

/* The capacity that holds "want" elements: grows by half, at least 16. */
size_t mem_grow(size_t have, size_t want);

/*
 * Resize "old" (may be NULL) from *cap to at least "want" elements; new ones
 * are zeroed, and take no memory before they are written to.  Changes *cap.
 */
void *mem_grow_zeroed(void *old, size_t *cap, size_t want, size_t size)
	__attribute__((returns_nonnull));

/*
 * Much memory was freed in small pieces: let the system have it back, where the
 * C library would keep it.  Takes milliseconds.
 */
void mem_give_back(void);

/*
 * A new last element of the array "a" with count "n" and capacity "cap" (three
 * lvalues): where it is.  It is not zeroed.
 *
 *	*MEM_PUSH(list->items, list->n, list->cap) = item;
 */
#define MEM_PUSH(a, n, cap)                                                    \
	({                                                                     \
		MEM_PUSH_ROOM(a, n, cap);                                      \
		&(a)[(n)++];                                                   \
	})

/* Room for one, which the array does not yet count. */
#define MEM_PUSH_ROOM(a, n, cap)                                               \
	do {                                                                   \
		if ((n) == (cap)) {                                            \
			(cap) = mem_grow((cap), (n) + 1);                      \
			(a) = mem_realloc((a), (cap), sizeof(*(a)));           \
		}                                                              \
	} while (0)

#endif
