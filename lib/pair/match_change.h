/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_change.h - for match.h: what was changed in a packet on its path
 * between two captures.
 *
 * What is unknown counts as unchanged: options that were not captured
 * completely are not compared.
 */
#ifndef PAIR_MATCH_CHANGE_H
#define PAIR_MATCH_CHANGE_H

#include "pair/match.h"

/*
 * The changes (enum match_change, or-ed) between packet i of the first capture
 * and packet j of the second one, which are the same packet, sent in this
 * direction by TCP role.
 */
uint8_t match_changes(const struct match_input *input, enum direction direction,
		      const struct packets *p, uint32_t i,
		      const struct packets *q, uint32_t j);

/* CHANGED_MPTCP if the MPTCP options differ, else 0. */
uint8_t match_mptcp_change(const struct packets *p, uint32_t i,
			   const struct packets *q, uint32_t j);

#endif
