/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * far.h - a packet of this capture, in the one of the other end.
 *
 * Did it leave, did it arrive, and with the options that it was sent with?
 * pair/match.h tells which packet it is there.
 */
#ifndef CHECK_FAR_H
#define CHECK_FAR_H

#include "check/checkup.h"

enum far_sight {
	FAR_UNKNOWN, /* there is one capture only, or the other may not have
			run then */
	FAR_SAME,
	FAR_ALTERED,  /* it has other MPTCP options there */
	FAR_STRIPPED, /* it has none there, and has some here */
	FAR_MISSING
};

struct far {
	enum far_sight sight;
	uint32_t frame;	 /* in the other capture; 0: it is missing */
	uint32_t packet; /* in its trace; LEDGER_NO_PACKET: it is missing */
	int is_sender;	 /* the other capture was taken at its sender's end */
};

/* Of packet i of the trace. */
struct far far_find(const struct checkup *c, uint32_t i);

/* Is packet j of the other capture, of a stream that both have, in this one? */
int far_has_packet(const struct paired_stream *pair, uint32_t j);

#endif
