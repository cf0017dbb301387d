/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_change.h - what was changed in a packet between two captures.
 *
 * For match.h.  Unknown is no change: where the options of one of them were not
 * captured whole, they are not compared.
 */
#ifndef PAIR_MATCH_CHANGE_H
#define PAIR_MATCH_CHANGE_H

#include "pair/match.h"

/* Of packet i of the first capture, which is packet j of the second, sent in
   this direction by TCP role: enum match_change, or-ed. */
uint8_t match_changes(const struct match_input *input, enum direction direction,
		      const struct packets *p, uint32_t i,
		      const struct packets *q, uint32_t j);

/* CHANGED_MPTCP, or 0. */
uint8_t match_mptcp_change(const struct packets *p, uint32_t i,
			   const struct packets *q, uint32_t j);

#endif
