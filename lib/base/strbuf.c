/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void room(struct strbuf *sb, size_t more)
{
	size_t want = sb->len + more + 1;

	if (want <= sb->cap)
		return;
	size_t cap = mem_grow(sb->cap, want);
	sb->text = mem_realloc(sb->cap ? sb->text : NULL, cap, 1);
	sb->text[sb->len] = '\0';
	sb->cap = cap;
}

void strbuf_append(struct strbuf *sb, const void *bytes, size_t n)
{
	room(sb, n);
	memcpy(sb->text + sb->len, bytes, n);
	sb->len += n;
	sb->text[sb->len] = '\0';
}

void strbuf_puts(struct strbuf *sb, const char *s)
{
	strbuf_append(sb, s, strlen(s));
}

void strbuf_putc(struct strbuf *sb, char c)
{
	room(sb, 1);
	sb->text[sb->len++] = c;
	sb->text[sb->len] = '\0';
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
	room(sb, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(sb->text + sb->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	sb->len += (size_t)n;
}

void strbuf_decimal(struct strbuf *sb, uint64_t value)
{
	static const char pairs[] = /* from 00 to 99 */
		"00010203040506070809"
		"10111213141516171819"
		"20212223242526272829"
		"30313233343536373839"
		"40414243444546474849"
		"50515253545556575859"
		"60616263646566676869"
		"70717273747576777879"
		"80818283848586878889"
		"90919293949596979899";
	char digits[20];
	size_t at = sizeof(digits);

	for (; value > 9; value /= 100)
		memcpy(digits + (at -= 2), pairs + value % 100 * 2, 2);
	if (value || at == sizeof(digits))
		digits[--at] = (char)('0' + value);
	strbuf_append(sb, digits + at, sizeof(digits) - at);
}

void strbuf_nanoseconds(struct strbuf *sb, int64_t ns)
{
	uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	char fraction[10];
	uint64_t rest = left % 1000000000;

	if (ns < 0)
		strbuf_putc(sb, '-');
	strbuf_decimal(sb, left / 1000000000);
	fraction[0] = '.';
	for (int i = 9; i > 0; i--, rest /= 10)
		fraction[i] = (char)('0' + rest % 10);
	strbuf_append(sb, fraction, sizeof(fraction));
}

void strbuf_hex(struct strbuf *sb, const void *bytes, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *to = NULL;

	room(sb, 2 * n);
	to = sb->text + sb->len;
	for (size_t i = 0; i < n; i++) {
		*to++ = hex[b[i] >> 4];
		*to++ = hex[b[i] & 15];
	}
	*to = '\0';
	sb->len += 2 * n;
}

char *strbuf_detach(struct strbuf *sb)
{
	char *text = NULL;

	room(sb, 0);
	text = sb->text;
	strbuf_init(sb);
	return text;
}
