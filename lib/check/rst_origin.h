/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rst_origin.h - did the host that an RST names as its sender send it?
 *
 * What something on the way sends in the name of a host has come over another
 * number of hops, as a rule: its time to live (hop limit) differs from that of
 * the host's other packets on the subflow.  And a host that has reset a subflow
 * sends no more data on it.  A host that counts its packets in the IP id leaves
 * no number for those of others.
 */
#ifndef CHECK_RST_ORIGIN_H
#define CHECK_RST_ORIGIN_H

#include <stdbool.h>

#include "check/context.h"

struct rst_origin {
	uint8_t ttl;   /* of the packet; 0: not known */
	uint8_t usual; /* of the host's other packets on the subflow, or where
			  there are none, on all; 0: not known, or not always
			  the same */
	bool in_row;   /* its IP id stands between those of the packets of the
			  host before and behind: the host numbered it, as them */
	uint32_t goes_on; /* frame: the host sends data or an ACK later than a
			     round trip after the RST; 0: it does not */
	uint32_t at_once; /* the same, from the RST on */
	uint32_t ignored; /* frame: the other host sends on, and no RST; 0: it
			     does not */
};

/* Of the RST "packet" on the k-th subflow. */
void rst_origin_find(const struct check_context *c, size_t k, uint32_t packet,
		     struct rst_origin *out);

/* Does the time to live tell that somebody else sent it? */
bool rst_origin_is_foreign(const struct rst_origin *origin);

#endif
