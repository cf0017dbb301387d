/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy_pieces.h - for copies.h: recognise copies of packets that were split or
 * merged between two points of capture.
 *
 * With segmentation offload a packet at one point is several packets at
 * another, within 2 ms, with the acknowledgment number, window and options of
 * the whole, and with its IP id or following ones (retransmissions have later
 * ids).  A large packet may be seen at several points, split differently at
 * each.
 */
#ifndef MODEL_COPY_PIECES_H
#define MODEL_COPY_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/packets.h"

/* Whether packet i may be a piece of "whole". */
bool copy_pieces_is_part(const struct packets *packets, uint32_t whole,
			 uint32_t i);

/*
 * Among n packets in order of time mark those that do not count (PACKET_COPY):
 * the whole if all of its pieces are present, or the pieces, at all points but
 * one; those at that one get PACKET_IN_PIECES.  In directions with "keep_last"
 * the packets captured last count, else those captured first.  Unless
 * "any_point" is set, they must be at different points.  Returns the number of
 * packets that do not count.
 */
size_t copy_pieces_mark(struct packets *packets, const uint32_t *order,
			size_t n, const bool keep_last[2], bool any_point);

#endif
