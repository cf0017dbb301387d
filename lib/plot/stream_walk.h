/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream_walk.h - process one direction of a TCP stream packet by packet.
 *
 * "d" is by TCP role.  Positions are relative to the ISN if it is known.
 */
#ifndef PLOT_STREAM_WALK_H
#define PLOT_STREAM_WALK_H

#include "model/trace.h"
#include "model/unwrap.h"

struct stream_walk {
	struct unwrap sent;
	int64_t high, ack, edge; /* for the caller; initially INT64_MIN */
	int shift;		 /* window scale of the receiver; -1: unknown */
};

void stream_walk_init(struct stream_walk *w, const struct stream *s, int d);

/*
 * The position that an acknowledgment of the other side refers to; returns 0
 * if none.
 */
int stream_walk_ack(const struct stream_walk *w, const struct packets *t,
		    uint32_t i, int64_t *ack);

/* The enum direction of a packet. */
int stream_walk_direction(const struct packets *t, uint32_t i);

#endif
