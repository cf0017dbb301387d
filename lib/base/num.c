/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"

#include <stdlib.h>
#include <string.h>

const int8_t num_hex_above[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16
};

int num_u64(const char *s, size_t n, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (n == 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned char)s[i] - '0';

		if (digit > 9 || v > UINT64_MAX / 10 ||
		    v * 10 > UINT64_MAX - digit)
			return -1;
		v = v * 10 + digit;
	}
	if (v > max)
		return -1;
	*out = v;
	return 0;
}

int num_u32(const char *s, size_t n, uint32_t *out)
{
	uint64_t v = 0;

	if (num_u64(s, n, UINT32_MAX, &v) < 0)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

int num_hex(const char *s, size_t n, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (n > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		n -= 2;
	}
	if (n == 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int digit = num_hex_digit(s[i]);

		if (digit < 0 || v >> 60)
			return -1;
		v = v << 4 | (unsigned)digit;
	}
	if (v > max)
		return -1;
	*out = v;
	return 0;
}

int num_nanoseconds(const char *s, size_t n, int64_t *out)
{
	const int64_t billion = 1000000000;
	uint64_t seconds = 0, fraction = 0;
	size_t whole = 0, digits = 0;
	int negative = n > 0 && s[0] == '-';

	if (negative) {
		s++;
		n--;
	}
	while (whole < n && s[whole] != '.')
		whole++;
	if (num_u64(s, whole, INT64_MAX / billion - 1, &seconds) < 0)
		return -1;
	if (whole < n) {
		digits = n - whole - 1;
		if (digits > 9 ||
		    num_u64(s + whole + 1, digits, UINT64_MAX, &fraction) < 0)
			return -1;
		for (; digits < 9; digits++)
			fraction *= 10;
	}
	*out = (int64_t)seconds * billion + (int64_t)fraction;
	if (negative)
		*out = -*out;
	return 0;
}

int num_hexbytes(const char *s, size_t n, uint8_t *out, size_t max)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; bytes++) {
		if (bytes > 0 && s[i] == ':')
			i++;
		if (i + 1 >= n || bytes == max)
			return -1;
		int high = num_hex_digit(s[i]), low = num_hex_digit(s[i + 1]);
		if ((high | low) < 0)
			return -1;
		out[bytes] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return (int)bytes;
}

int num_real(const char *s, double min, double max, double *out)
{
	char *end = NULL;
	double d = 0;

	if (!*s || strspn(s, "+-.0123456789eE") != strlen(s))
		return -1;
	d = strtod(s, &end);
	if (*end || !(d >= min && d <= max))
		return -1;
	*out = d;
	return 0;
}

/* A number followed by one of the units; -1: invalid, or larger than "max". */
static int with_unit(const char *s, const char *const *units,
		     const uint64_t *factors, uint64_t max, uint64_t *out)
{
	size_t n = strspn(s, "0123456789");
	uint64_t value = 0;

	for (size_t i = 0; units[i]; i++)
		if (strcmp(s + n, units[i]) == 0) {
			if (num_u64(s, n, max / factors[i], &value) < 0)
				return -1;
			*out = value * factors[i];
			return 0;
		}
	return -1;
}

int num_size(const char *s, uint64_t *out)
{
	static const char *const units[] = { "",   "K",	 "M",  "G",  "T",
					     "kB", "MB", "GB", "TB", NULL };
	static const uint64_t factors[] = {
		1,    1 << 10, 1 << 20,	   1 << 30,	 (uint64_t)1 << 40,
		1000, 1000000, 1000000000, 1000000000000
	};

	return with_unit(s, units, factors, UINT64_MAX, out);
}

int num_duration(const char *s, int64_t *ns)
{
	static const char *const units[] = { "s", "m", "h", "d", "w", NULL };
	static const uint64_t factors[] = { 1, 60, 3600, 86400, 604800 };
	uint64_t seconds = 0;

	if (with_unit(s, units, factors, INT64_MAX / 1000000000, &seconds) < 0)
		return -1;
	*ns = (int64_t)seconds * 1000000000;
	return 0;
}
