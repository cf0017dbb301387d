/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num.h - text to numbers, with every character checked.
 *
 * Each function takes n bytes (no NUL needed), demands that all of them belong
 * to the number, and returns 0 with *out set, or -1 with *out untouched: no
 * empty text, no sign, no blanks, no overflow.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits, at most "max". */
int num_u64(const char *s, size_t n, uint64_t max, uint64_t *out)
	__attribute__((warn_unused_result));
int num_u32(const char *s, size_t n, uint32_t *out)
	__attribute__((warn_unused_result));

/* By byte: 1 more than the value of the hexadecimal digit; 0: it is none. */
extern const int8_t num_hex_above[256];

/* The value of a hexadecimal digit of either case; -1: it is none. */
static inline int num_hex_digit(char c)
{
	return num_hex_above[(unsigned char)c] - 1;
}

/* Hexadecimal digits with or without "0x" in front, at most "max". */
int num_hex(const char *s, size_t n, uint64_t max, uint64_t *out)
	__attribute__((warn_unused_result));

/* The number that 2, 4, 8 bytes are in network byte order. */
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
 * A time stamp "seconds[.fraction]" with up to nine digits behind the point,
 * as integer nanoseconds.  A leading minus is taken.
 */
int num_nanoseconds(const char *s, size_t n, int64_t *out)
	__attribute__((warn_unused_result));

/*
 * Hexadecimal byte string ("0101080a..." or "01:01:08:0a..."), at most "max"
 * bytes.  Returns the number of bytes, or -1.
 */
int num_hexbytes(const char *s, size_t n, uint8_t *out, size_t max)
	__attribute__((warn_unused_result));

/*
 * A whole number of bytes, "4096", "64K", "10G", "500MB": K, M, G, T are powers
 * of 1024, kB, MB, GB, TB of 1000.
 */
int num_size(const char *s, uint64_t *out) __attribute__((warn_unused_result));

/* A whole number of s, m, h, d or w ("30d"), as nanoseconds. */
int num_duration(const char *s, int64_t *ns)
	__attribute__((warn_unused_result));

/* A decimal number of [min, max], "-1.5e3"; no nan, no blanks. */
int num_real(const char *s, double min, double max, double *out)
	__attribute__((warn_unused_result));

#endif
