/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy_pieces.h - copies that were cut or joined between two points.
 *
 * For copies.h.  Segmentation offload: what is one packet at one point is
 * several at another, within 2 ms, with the acknowledgment, the window and the
 * options of the whole, and with its IP id or those behind it (what was sent
 * again has later ones).  A super-segment may be there at several points, cut
 * otherwise at each.
 */
#ifndef MODEL_COPY_PIECES_H
#define MODEL_COPY_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/packets.h"

/* May packet i be a piece of "whole"? */
bool copy_pieces_is_part(const struct packets *packets, uint32_t whole,
			 uint32_t i);

/*
 * Among those n packets, in order of time, mark what does not count
 * (PACKET_COPY): the whole, where all of its pieces are there, or they, at all
 * points but one; those at that one get PACKET_IN_PIECES.  Those that were
 * captured last count in the directions of "keep_last", else those that were
 * captured first.  Unless "any_point" they are at different points.  Returns
 * how many do not count.
 */
size_t copy_pieces_mark(struct packets *packets, const uint32_t *order,
			size_t n, const bool keep_last[2], bool any_point);

#endif
