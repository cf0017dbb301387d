/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_cut.h - for match.h: match data that was split or merged between two
 * captures.
 *
 * Segmentation offload splits a packet into several, or merges several into
 * one, after the point of capture.  Then no single packet corresponds, but all
 * bytes are there, usually with the same timestamp.
 */
#ifndef PAIR_MATCH_CUT_H
#define PAIR_MATCH_CUT_H

#include "pair/match.h"

/*
 * Among the MATCH_UNSEEN packets with data find those whose bytes are all in
 * packets of the other end.  They become MATCH_COALESCED.
 */
void match_cut(struct match *m, const struct match_input *input);

#endif
