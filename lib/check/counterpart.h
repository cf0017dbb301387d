/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counterpart.h - a packet of this capture, in the one of the other end.
 *
 * Did it leave, did it arrive, and with the options that it was sent with?
 * pair/match.h tells which packet it is there.
 */
#ifndef CHECK_COUNTERPART_H
#define CHECK_COUNTERPART_H

#include <stdbool.h>

#include "check/context.h"

enum counterpart_state {
	COUNTERPART_UNKNOWN, /* there is one capture only, or the other may not
			have run then */
	COUNTERPART_SAME,
	COUNTERPART_ALTERED,  /* it has other MPTCP options there */
	COUNTERPART_STRIPPED, /* it has none there, and has some here */
	COUNTERPART_MISSING
};

struct counterpart {
	enum counterpart_state state;
	uint32_t frame;	 /* in the other capture; 0: it is missing */
	uint32_t packet; /* in its trace; LEDGER_NO_PACKET: it is missing */
	bool is_sender;	 /* the other capture was taken at its sender's end */
};

/* Of packet i of the trace. */
struct counterpart counterpart_find(const struct check_context *c, uint32_t i);

/* Is packet j of the other capture, of a stream that both have, in this one? */
bool counterpart_exists(const struct paired_stream *pair, uint32_t j);

#endif
