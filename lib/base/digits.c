/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/digits.h"

#include <endian.h>
#include <string.h>

/* The lowest n digits of the number, with leading zeros. */
static char *put_fixed(char *to, size_t n, uint32_t number)
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
	char *at = to + n;

	for (; at - to >= 2; number /= 100)
		memcpy(at -= 2, pairs + number % 100 * 2, 2);
	if (at > to)
		*to = (char)('0' + number % 10);
	return to + n;
}

static char *put_small(char *to, uint32_t number)
{
	/* The lowest number with one more digit. */
	static const uint32_t powers[] = {
		0,	10,	 100,	   1000,      10000,
		100000, 1000000, 10000000, 100000000, 1000000000,
	};
	/* 1233 / 4096 is about log10(2). */
	unsigned bits = 32 - (unsigned)__builtin_clz(number | 1);
	unsigned n = bits * 1233 / 4096;

	return put_fixed(to, n + (number >= powers[n]), number);
}

char *digits_decimal(char *to, uint64_t number)
{
	const uint32_t lower = 1000000000;

	if (number <= UINT32_MAX)
		return put_small(to, (uint32_t)number);
	to = digits_decimal(to, number / lower);
	return put_fixed(to, 9, (uint32_t)(number % lower));
}

char *digits_nanoseconds(char *to, int64_t ns)
{
	uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*to++ = '-';
	to = digits_decimal(to, left / 1000000000);
	*to++ = '.';
	return put_fixed(to, 9, (uint32_t)(left % 1000000000));
}

static const char hex[] = "0123456789abcdef";

char *digits_hex16(char *to, uint16_t number)
{
	*to++ = '0';
	*to++ = 'x';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = hex[number >> shift & 15];
	return to;
}

#define EACH_BYTE(x) (0x0101010101010101u * (x))

/* Four bytes at once: each half of a byte becomes a digit. */
static void put_hex4(char *to, const uint8_t *bytes)
{
	uint32_t four = 0;
	uint64_t x = 0, letters = 0;

	memcpy(&four, bytes, sizeof(four));
	x = le32toh(four);
	x = (x | x << 16) & 0x0000ffff0000ffffu;
	x = (x | x << 8) & 0x00ff00ff00ff00ffu;
	x = (x >> 4 | x << 8) & EACH_BYTE(15);
	letters = (x + EACH_BYTE(6)) >> 4 & EACH_BYTE(1);
	x = htole64(x + EACH_BYTE('0') + ('a' - '0' - 10) * letters);
	memcpy(to, &x, sizeof(x));
}

char *digits_hex(char *to, const uint8_t *bytes, size_t n)
{
	for (; n >= 4; n -= 4, bytes += 4, to += 8)
		put_hex4(to, bytes);
	for (; n > 0; n--, bytes++) {
		*to++ = hex[*bytes >> 4];
		*to++ = hex[*bytes & 15];
	}
	return to;
}
