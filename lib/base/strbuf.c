/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/mem.h"

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb)
{
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->cap)
		free(sb->text);
	strbuf_init(sb);
}

void strbuf_clear(struct strbuf *sb)
{
	sb->len = 0;
	if (sb->cap)
		sb->text[0] = '\0';
}

char *strbuf_room(struct strbuf *sb, size_t n)
{
	if (n >= sb->cap - sb->len) {
		size_t cap = mem_grow(sb->cap, sb->len + n + 1);

		sb->text = mem_realloc(sb->cap ? sb->text : NULL, cap, 1);
		sb->text[sb->len] = '\0';
		sb->cap = cap;
	}
	return sb->text + sb->len;
}

void strbuf_end(struct strbuf *sb, char *end)
{
	sb->len = (size_t)(end - sb->text);
	*end = '\0';
}

void strbuf_append(struct strbuf *sb, const void *bytes, size_t n)
{
	char *to = strbuf_room(sb, n);

	memcpy(to, bytes, n);
	strbuf_end(sb, to + n);
}

void strbuf_puts(struct strbuf *sb, const char *s)
{
	strbuf_append(sb, s, strlen(s));
}

void strbuf_putc(struct strbuf *sb, char c)
{
	char *to = strbuf_room(sb, 1);

	*to = c;
	strbuf_end(sb, to + 1);
}

void strbuf_printf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	strbuf_room(sb, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(sb->text + sb->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	sb->len += (size_t)n;
}

void strbuf_decimal(struct strbuf *sb, uint64_t value)
{
	strbuf_end(sb, digits_decimal(strbuf_room(sb, DIGITS_DECIMAL), value));
}

void strbuf_nanoseconds(struct strbuf *sb, int64_t ns)
{
	char *to = strbuf_room(sb, DIGITS_NANOSECONDS);

	strbuf_end(sb, digits_nanoseconds(to, ns));
}

void strbuf_hex(struct strbuf *sb, const void *bytes, size_t n)
{
	strbuf_end(sb, digits_hex(strbuf_room(sb, 2 * n), bytes, n));
}

char *strbuf_detach(struct strbuf *sb)
{
	char *text = NULL;

	strbuf_room(sb, 0);
	text = sb->text;
	strbuf_init(sb);
	return text;
}
