/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rst_origin.h - was an RST really sent by the host whose address it carries?
 *
 * Packets that a middlebox sends in the name of a host usually travelled
 * another number of hops, so their TTL (hop limit) differs from that of the
 * host's other packets on the subflow.  A host that resets a subflow sends no
 * more data on it.  If a host counts its packets in the IP id, others have no
 * number that fits.
 */
#ifndef CHECK_RST_ORIGIN_H
#define CHECK_RST_ORIGIN_H

#include <stdbool.h>

#include "check/context.h"

struct rst_origin {
	uint8_t ttl;	  /* of the RST; 0: unknown */
	uint8_t usual;	  /* of the host's other packets on the subflow, or if
			     there are none, on all subflows; 0: unknown or
			     varying */
	bool in_row;	  /* its IP id lies between those of the host's packets
			     before and after it: the host numbered it */
	uint32_t goes_on; /* frame: the host sends data or an ACK more than a
			     round trip after the RST; 0: it does not */
	uint32_t at_once; /* frame: likewise, but any time after the RST */
	uint32_t ignored; /* frame: the other host continues to send, and not an
			     RST; 0: it does not */
};

/* For the RST "packet" on the k-th subflow. */
void rst_origin_find(const struct check_context *c, size_t k, uint32_t packet,
		     struct rst_origin *out);

/* Whether the TTL shows that another host sent it. */
bool rst_origin_is_foreign(const struct rst_origin *origin);

/*
 * Whether the RST "packet" on the k-th subflow is ignored, since it is beyond
 * everything that its sender had sent, or below what the other host had
 * acknowledged (RFC 5961 3.2), and that host continues.
 */
bool rst_is_void(const struct check_context *c, size_t k, uint32_t packet);

#endif
