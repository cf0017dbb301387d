/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digits.h - numbers and bytes as text, at a place with room enough.
 *
 * For strbuf.h, and for those who write millions of lines.  Each function
 * returns the place behind what it wrote; there is no NUL.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum {
	DIGITS_DECIMAL = 20,	/* bytes at most: of digits_decimal() */
	DIGITS_NANOSECONDS = 30 /* of digits_nanoseconds() */
};

/* In decimal: what printf would do, but fast. */
char *digits_decimal(char *to, uint64_t number);

/* Integer nanoseconds as "[-]seconds.nnnnnnnnn". */
char *digits_nanoseconds(char *to, int64_t ns);

/* "0x0012" */
char *digits_hex16(char *to, uint16_t number);

/* Bytes as lower-case hexadecimal digits, two for each. */
char *digits_hex(char *to, const uint8_t *bytes, size_t n);

#endif
