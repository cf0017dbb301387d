/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * witness.h - was what a host sent captured at all?
 *
 * That something was "not answered", "never echoed" or "not acknowledged" may
 * only be said where the packets of the host that should have were captured
 * around that time.  This is the one place that tells.
 */
#ifndef CHECK_WITNESS_H
#define CHECK_WITNESS_H

#include <stdbool.h>

#include "check/context.h"

enum witness {
	WITNESS_NONE,	   /* nothing of that host, behind that time */
	WITNESS_ELSEWHERE, /* on other interfaces than the subflow's */
	WITNESS_HERE
};

/*
 * Packets of the host (0 client, 1 server) behind "since" (ns since 1970), on
 * any subflow, on the interface where the k-th was captured or on another.
 */
enum witness witness_of(const struct check_context *c, size_t k, int host,
			int64_t since);

/* The same, but on the k-th subflow itself: 1 or 0. */
int witness_on_subflow(const struct check_context *c, size_t k, int host,
		       int64_t since);

/* May MPTCP options of the connection have been cut by the snaplen? */
bool witness_is_cut(const struct check_context *c);

#endif
