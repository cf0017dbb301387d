/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num.h - strict conversion of text to numbers.
 *
 * Unless said otherwise, a function takes n bytes (no NUL needed), all of
 * which must belong to the number: empty text, signs, blanks and overflow are
 * errors.  Returns 0 with *out set, or -1 with *out untouched.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

/* A decimal number up to "max". */
int num_u64(const char *s, size_t n, uint64_t max, uint64_t *out)
	__attribute__((warn_unused_result));
int num_u32(const char *s, size_t n, uint32_t *out)
	__attribute__((warn_unused_result));

/* By character: the value of the hexadecimal digit plus 1; 0: not a digit. */
extern const int8_t num_hex_above[256];

/* The value of a hexadecimal digit in either case; -1: not a digit. */
static inline int num_hex_digit(char c)
{
	return num_hex_above[(unsigned char)c] - 1;
}

/* A hexadecimal number up to "max", with or without "0x" in front. */
int num_hex(const char *s, size_t n, uint64_t max, uint64_t *out)
	__attribute__((warn_unused_result));

/* The number that 2, 4, 8 bytes in network byte order represent. */
static inline uint16_t num_big_endian16(const uint8_t bytes[2])
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t num_big_endian32(const uint8_t bytes[4])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t num_big_endian64(const uint8_t bytes[8])
{
	return (uint64_t)num_big_endian32(bytes) << 32 |
	       num_big_endian32(bytes + 4);
}

/*
 * A time "[-]seconds[.fraction]" with up to nine fractional digits, as integer
 * nanoseconds.
 */
int num_nanoseconds(const char *s, size_t n, int64_t *out)
	__attribute__((warn_unused_result));

/*
 * A string of hexadecimal bytes, "0101080a..." or "01:01:08:0a...", at most
 * "max" bytes.  Returns the number of bytes, or -1.
 */
int num_hexbytes(const char *s, size_t n, uint8_t *out, size_t max)
	__attribute__((warn_unused_result));

/*
 * A size in whole bytes with an optional unit: "4096", "64K", "10G", "500MB".
 * K, M, G, T are powers of 1024; kB, MB, GB, TB powers of 1000.
 */
int num_size(const char *s, uint64_t *out) __attribute__((warn_unused_result));

/*
 * A whole number with one of the units s, m, h, d, w, as in "30d"; result in
 * nanoseconds.
 */
int num_duration(const char *s, int64_t *ns)
	__attribute__((warn_unused_result));

/*
 * A decimal number within [min, max], such as "-1.5e3"; not "nan", no blanks.
 */
int num_real(const char *s, double min, double max, double *out)
	__attribute__((warn_unused_result));

#endif
