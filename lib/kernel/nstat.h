/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nstat.h - parse kernel counters as printed by nstat
 *
 * Any of
 *	nstat -asz		lines of a name, a value and a rate
 *	nstat -asj		{"kernel": {"MPTcpExtMPCapableSYNRX": 1, ...}}
 *	/proc/net/netstat	pairs of lines: names, and values
 * are accepted.  nstat without -a prints increments since it was last run.
 * Without -z it omits counters that are 0: if no counter in the list is 0,
 * missing ones are taken as 0.
 */
#ifndef KERNEL_NSTAT_H
#define KERNEL_NSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define NSTAT_MPTCP "MPTcpExt" /* what the names of these counters begin with  \
				*/

struct nstat_counter {
	char *name; /* "MPTcpExtMPCapableSYNRX" */
	uint64_t value;
};

struct nstat {
	struct nstat_counter *items;
	size_t n, cap;
	bool has_zeros; /* counters that are 0 are listed, so the kernel does
			   not have those that are missing */
};

/*
 * Returns -1 and EXIT_INPUT if the file cannot be read or is not a list of
 * counters. A list without -z may be empty, as in a new network namespace.
 */
int nstat_read(struct nstat *out, const char *path, struct error *err);

void nstat_release(struct nstat *s);

bool nstat_is_mptcp(const char *name);

/*
 * A Multipath TCP counter that is lower in "after" than in "before", or NULL:
 * they are in the wrong order, or the host was started in between. (MPCurrEstab
 * is the number of connections there are, which may well decrease.)
 */
const char *nstat_decrease(const struct nstat *before,
			   const struct nstat *after);

/*
 * The increase of a counter from "before" (may be NULL) to "after".  False:
 * that kernel does not have it, or it decreased.
 */
bool nstat_growth(const struct nstat *before, const struct nstat *after,
		  const char *name, uint64_t *growth);

#endif
