/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_cut.h - data that was cut or joined between two captures.
 *
 * For match.h.  Segmentation offload cuts a packet into several, or joins
 * several into one, behind the point of capture: no packet of the one end is
 * the same as one of the other, but all the bytes are there, most often with
 * the same timestamp.
 */
#ifndef PAIR_MATCH_CUT_H
#define PAIR_MATCH_CUT_H

#include "pair/match.h"

/*
 * Of the packets with data that are MATCH_UNSEEN: pair those whose bytes are
 * all in others of the other end.  They become MATCH_COALESCED.
 */
void match_cut(struct match *m, const struct match_input *input);

#endif
