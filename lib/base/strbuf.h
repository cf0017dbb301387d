/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strbuf.h - a growing string buffer.
 *
 *	struct strbuf sb = STRBUF_INIT;
 *	strbuf_printf(&sb, "%s:%u", address, port);
 *	puts(sb.text);
 *	strbuf_release(&sb);
 *
 * "text" is always a NUL-terminated string, owned by the strbuf; its address
 * changes when the string grows.  Running out of memory ends the program.
 * string grows.  Out of memory ends the program.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *text; /* never NULL; ends with NUL */
	size_t len; /* bytes without the NUL */
	size_t cap; /* 0 while "text" is the shared empty string */
};

extern char strbuf_empty[];

#define STRBUF_INIT                                                            \
	{                                                                      \
		.text = strbuf_empty                                           \
	}

void strbuf_init(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);

/* Make it empty, but keep the memory. */
void strbuf_clear(struct strbuf *sb);

/*
 * Write into the buffer directly, as with digits.h: strbuf_room() returns the
 * address of the end of the text, with room for n more bytes and a NUL;
 * strbuf_end() is told where the text ends afterwards.
 *
 *	strbuf_end(sb, digits_decimal(strbuf_room(sb, DIGITS_DECIMAL), number));
 */
char *strbuf_room(struct strbuf *sb, size_t n);
void strbuf_end(struct strbuf *sb, char *end);

void strbuf_append(struct strbuf *sb, const void *bytes, size_t n);
void strbuf_puts(struct strbuf *sb, const char *s);
void strbuf_putc(struct strbuf *sb, char c);
void strbuf_printf(struct strbuf *sb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Append a number in decimal, faster than strbuf_printf(). */
void strbuf_decimal(struct strbuf *sb, uint64_t value);

/* Integer nanoseconds as "[-]seconds.nnnnnnnnn". */
void strbuf_nanoseconds(struct strbuf *sb, int64_t ns);

/* Bytes as lower-case hexadecimal digits. */
void strbuf_hex(struct strbuf *sb, const void *bytes, size_t n);

/*
 * Return the string, which the caller then owns and frees.  The strbuf is
 * empty afterwards.
 */
char *strbuf_detach(struct strbuf *sb);

#endif
