/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counterpart.h - find a packet in the capture of the other end: was it sent,
 * did it arrive, and with the same options?  Packets are matched by
 * pair/match.h.
 */
#ifndef CHECK_COUNTERPART_H
#define CHECK_COUNTERPART_H

#include <stdbool.h>

#include "check/context.h"

enum counterpart_state {
	COUNTERPART_UNKNOWN, /* only one capture, or the other one may not have
				been running then */
	COUNTERPART_SAME,
	COUNTERPART_ALTERED,  /* its MPTCP options are different there */
	COUNTERPART_STRIPPED, /* MPTCP options here, none there */
	COUNTERPART_MISSING
};

/* The counterpart of packet i of the trace. */
struct counterpart {
	enum counterpart_state state;
	uint32_t frame;	 /* in the other capture; 0: missing */
	uint32_t packet; /* in the other trace; LEDGER_NO_PACKET: missing */
	bool is_sender; /* the other capture was taken at the packet's sender */
};

struct counterpart counterpart_find(const struct check_context *c, uint32_t i);

/*
 * Whether packet j of the other capture, of a stream that both have, is in
 * this one.
 */
bool counterpart_exists(const struct paired_stream *pair, uint32_t j);

#endif
