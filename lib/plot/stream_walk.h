/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream_walk.h - one direction of a TCP stream, told packet by packet.
 *
 * "d" is by TCP role.  Positions count from the ISN where it is known.
 */
#ifndef PLOT_STREAM_WALK_H
#define PLOT_STREAM_WALK_H

#include "model/trace.h"
#include "model/unwrap.h"

struct stream_walk {
	struct unwrap sent;
	int64_t high, ack, edge; /* the caller's; INT64_MIN at first */
	int shift;		 /* of the receiver's windows; -1 unknown */
};

void stream_walk_init(struct stream_walk *w, const struct stream *s, int d);

/* The position that an acknowledgment of the other side stands for; 0: none. */
int stream_walk_ack(const struct stream_walk *w, const struct packets *t,
		    uint32_t i, int64_t *ack);

/* enum direction of a packet. */
int stream_walk_direction(const struct packets *t, uint32_t i);

#endif
