/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/error.h"

static void *checked(void *p)
{
	if (!p) {
		fputs("mptcptools: out of memory\n", stderr);
		exit(EXIT_SYSTEM);
	}
	return p;
}

void *mem_calloc(size_t n, size_t size)
{
	/* gcc 13 and later warn of a number that is too large in any case. */
	if (n > PTRDIFF_MAX)
		return checked(NULL);
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *mem_realloc(void *old, size_t n, size_t size)
{
	size_t bytes = 0;

	if (__builtin_mul_overflow(n, size, &bytes))
		return checked(NULL);
	return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_strdup(const char *s)
{
	return checked(strdup(s));
}

char *mem_strndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

char *mem_vprintf(const char *fmt, va_list args)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, args) < 0)
		s = NULL;
	return checked(s);
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

size_t mem_grow(size_t have, size_t want)
{
	size_t grown = have + have / 2;

	if (grown < have)
		grown = SIZE_MAX;
	if (grown < 16)
		grown = 16;
	return grown < want ? want : grown;
}

void *mem_grow_zeroed(void *old, size_t *cap, size_t want, size_t size)
{
	size_t n = mem_grow(*cap, want);
	void *larger = mem_calloc(n, size);

	if (*cap)
		memcpy(larger, old, *cap * size);
	free(old);
	*cap = n;
	return larger;
}

void mem_give_back(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
