/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digits.h - fast conversion of numbers and bytes to text, into a buffer of
 * the caller.
 *
 * Used by strbuf.h, and where millions of lines are written.  The buffer must
 * have room for the longest result.  Each function returns the address behind
 * the last byte that it wrote; none writes a NUL.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum {
	DIGITS_DECIMAL = 20,	/* longest result of digits_decimal(), bytes */
	DIGITS_NANOSECONDS = 30 /* of digits_nanoseconds() */
};

/* The number in decimal, as printf("%" PRIu64) writes it. */
char *digits_decimal(char *to, uint64_t number);

/* Integer nanoseconds as "[-]seconds.nnnnnnnnn". */
char *digits_nanoseconds(char *to, int64_t ns);

/* As "0x0012", always four digits: 6 bytes. */
char *digits_hex16(char *to, uint16_t number);

/* Lower-case hexadecimal, two digits for each byte, nothing in between. */
char *digits_hex(char *to, const uint8_t *bytes, size_t n);

#endif
