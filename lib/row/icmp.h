/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * icmp.h - ICMP and ICMPv6 errors that quote a TCP packet: somebody says why it
 * did not arrive (RFC 792, RFC 4443).
 *
 * Plain data; a list owns its items.  Of very many only the first are kept.
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
	struct address from; /* who sent it */
	uint8_t type, code;
	/* The packet that it quotes. */
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

/* Add that of a row which is a ROW_ICMP; nothing when it is not whole. */
void icmp_errors_add_row(struct icmp_errors *list, const struct row *row);
void icmp_errors_add(struct icmp_errors *list, const struct icmp_error *error);
void icmp_errors_release(struct icmp_errors *list);

/* Does it report an IPv6 packet? */
bool icmp_error_is_v6(const struct icmp_error *error);

/*
 * Type and code in words: "communication administratively filtered"; NULL
 * for those that do not report that a packet cannot be delivered (redirect,
 * source quench, packet too big).
 */
const char *icmp_error_name(const struct icmp_error *error);

#endif
