/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * icmp.h - ICMP and ICMPv6 errors that quote a TCP packet, and so tell why it
 * was not delivered (RFC 792, RFC 4443).
 *
 * A list owns its items.  At most ICMP_ERRORS_MAX are kept, the first ones.
 */
#ifndef ROW_ICMP_H
#define ROW_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "row/row.h"

struct icmp_error {
	uint32_t frame;	     /* number in the capture file */
	int64_t time;	     /* ns since 1970 */
	struct address from; /* sender of the error */
	uint8_t type, code;
	/* The quoted packet. */
	struct address src, dst;
	uint16_t sport, dport;
	uint32_t seq; /* raw */
};

enum {
	ICMP_ERRORS_MAX = 10000 /* that are kept */
};

struct icmp_errors {
	struct icmp_error *items; /* in the order of the file */
	size_t n, cap;
};

/* Add the error of a ROW_ICMP row; nothing if it is incomplete. */
void icmp_errors_add_row(struct icmp_errors *list, const struct row *row);
void icmp_errors_add(struct icmp_errors *list, const struct icmp_error *error);
void icmp_errors_release(struct icmp_errors *list);

/* Whether the quoted packet is IPv6. */
bool icmp_error_is_v6(const struct icmp_error *error);

/*
 * Type and code in words: "communication administratively filtered"; NULL for
 * types that do not report an undeliverable packet (redirect, source quench,
 * packet too big).
 */
const char *icmp_error_name(const struct icmp_error *error);

#endif
