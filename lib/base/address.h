/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * address.h - an IP address as a value: parse it, print it, compare it.
 *
 *	struct address a = ADDRESS_NONE;
 *	if (address_parse(&a, "192.0.2.1", 9) < 0) ...
 *	printf("%s\n", address_text(&a).text);
 *
 * A plain value: it owns nothing and has no padding, and bytes beyond "size"
 * are 0, so a struct can be compared with memcmp(3) and be a hash key.
 * Nothing here keeps state: any thread may call it.
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
	ADDRESS_TEXT = 46 /* the longest text of an address, with its NUL */
};

struct address {
	uint8_t bytes[ADDRESS_V6]; /* in network byte order */
	uint8_t size; /* bytes in use: ADDRESS_V4, ADDRESS_V6; 0: no address */
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

/*
 * A total order for sorting: <0, 0, >0 as memcmp(3).  No address comes first,
 * then IPv4, then IPv6, each by its bytes.
 */
int address_order(const struct address *a, const struct address *b);

/*
 * Parse n bytes of text (no NUL needed) as an IPv4 or IPv6 address in any form
 * that inet_pton(3) accepts; blanks or a prefix length are not.  Returns 0, or
 * -1 with *out untouched when the text is no address.
 */
int address_parse(struct address *out, const char *text, size_t n)
	__attribute__((warn_unused_result));

/*
 * Turn an IPv4-mapped IPv6 address, "::ffff:192.0.2.1" (RFC 4291 2.5.5.2),
 * into the IPv4 address, which is what packets carry.  Others are unchanged.
 */
void address_unmap(struct address *a);

/* Whether it is in 127.0.0.0/8 (RFC 1122 3.2.1.3), or ::1 (RFC 4291 2.5.3). */
bool address_is_loopback(const struct address *a);

/* The address as inet_ntop(3) and Wireshark print it; "" for no address. */
struct address_text {
	char text[ADDRESS_TEXT];
};

struct address_text address_text(const struct address *a);

/*
 * Write that text and a NUL to "to", which has room for ADDRESS_TEXT bytes.
 * Returns the address of the NUL.
 */
char *address_put(char *to, const struct address *a);

void address_append(struct strbuf *out, const struct address *a);

/* Append address and port: "192.0.2.1:80", "[2001:db8::1]:80". */
void address_append_endpoint(struct strbuf *out, const struct address *a,
			     uint16_t port);

#endif
