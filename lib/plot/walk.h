/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - one direction of a TCP stream, told packet by packet.
 *
 * "d" is by TCP role.  Positions count from the ISN where it is known.
 */
#ifndef PLOT_WALK_H
#define PLOT_WALK_H

#include "model/trace.h"
#include "model/unwrap.h"

struct walk {
	struct unwrap sent;
	int64_t high, ack, edge; /* the caller's; INT64_MIN at first */
	int shift;		 /* of the receiver's windows; -1 unknown */
};

void walk_init(struct walk *w, const struct stream *s, int d);

/* The position that an acknowledgment of the other side stands for; 0: none. */
int walk_ack(const struct walk *w, const struct packets *t, uint32_t i,
	     int64_t *ack);

/* enum direction of a packet. */
int walk_direction(const struct packets *t, uint32_t i);

#endif
