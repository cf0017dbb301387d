/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * witness.h - were packets of a host captured around a given time?
 *
 * To say "not answered", "never echoed" or "not acknowledged" is justified
 * only if the capture would have contained the missing packet: if other
 * packets of that host were captured around that time.  All rules and verdicts
 * ask here.
 */
#ifndef CHECK_WITNESS_H
#define CHECK_WITNESS_H

#include <stdbool.h>

#include "check/context.h"

enum witness {
	WITNESS_NONE,	   /* no packets of that host after that time */
	WITNESS_ELSEWHERE, /* only on other interfaces than the subflow's */
	WITNESS_HERE	   /* on the interface of the subflow */
};

/*
 * Look for packets of the host (0 client, 1 server) at or after "since" (ns
 * since 1970) on any subflow of the connection: on the interface where the
 * k-th subflow was captured, or on others.
 */
enum witness witness_of(const struct check_context *c, size_t k, int host,
			int64_t since);

/*
 * Whether MPTCP options of the connection may have been cut off by the
 * snapshot length.
 */
bool witness_is_cut(const struct check_context *c);

#endif
