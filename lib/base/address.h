/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address.h - an IP address: its bytes, and to and from text.
 *
 *	struct address a = ADDRESS_NONE;
 *	if (address_parse(&a, "192.0.2.1", 9) < 0) ...
 *	printf("%s\n", address_text(&a).text);
 *
 * Plain data without padding, whose bytes behind "size" are 0: a whole struct
 * can be compared and hashed as the bytes that it is.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"

enum {
	ADDRESS_V4 = 4, /* values of address.size */
	ADDRESS_V6 = 16,
	ADDRESS_TEXT = 46 /* the longest text of one, and NUL */
};

struct address {
	uint8_t bytes[ADDRESS_V6]; /* in network byte order */
	uint8_t size;		   /* of them; 0: no address */
};

_Static_assert(sizeof(struct address) == ADDRESS_V6 + 1, "no padding");

#define ADDRESS_NONE                                                           \
	{                                                                      \
		.size = 0                                                      \
	}

static inline bool address_is_v6(const struct address *a)
{
	return a->size == ADDRESS_V6;
}

static inline bool address_is_equal(const struct address *a,
				    const struct address *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->bytes, sizeof(x));
	memcpy(y, b->bytes, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0 && a->size == b->size;
}

/* For sorting, as memcmp(3) says it: no address, IPv4, IPv6, by their bytes. */
int address_order(const struct address *a, const struct address *b);

/*
 * What inet_pton(3) takes, of either family, and nothing around it: n bytes, no
 * NUL needed.  Returns -1, with *out untouched, when that is no address.
 */
int address_parse(struct address *out, const char *text, size_t n)
	__attribute__((warn_unused_result));

/* IPv4 in IPv6, "::ffff:192.0.2.1", becomes IPv4, as packets have it. */
void address_unmap(struct address *a);

/* As inet_ntop(3) prints it, and Wireshark; "" when there is none. */
struct address_text {
	char text[ADDRESS_TEXT];
};

struct address_text address_text(const struct address *a);

/* That text at a place with room for ADDRESS_TEXT bytes: where its NUL is. */
char *address_put(char *to, const struct address *a);

/* Append that text. */
void address_append(struct strbuf *out, const struct address *a);

/* "192.0.2.1:80", "[2001:db8::1]:80" */
void address_append_endpoint(struct strbuf *out, const struct address *a,
			     uint16_t port);

#endif
