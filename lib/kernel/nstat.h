/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nstat.h - the counters of a kernel, as nstat printed them
 *
 * Any of
 *	nstat -asz		lines of a name, a value and a rate
 *	nstat -asj		{"kernel": {"MPTcpExtMPCapableSYNRX": 1, ...}}
 *	/proc/net/netstat	pairs of lines: names, and values
 * is understood.  nstat without -a prints what came since it ran before, and
 * without -z leaves out counters that are 0: where none is listed that is 0,
 * one that is not listed is taken for 0.
 */
#ifndef KERNEL_NSTAT_H
#define KERNEL_NSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct nstat_counter {
	char *name; /* "MPTcpExtMPCapableSYNRX" */
	uint64_t value;
};

struct nstat {
	struct nstat_counter *items;
	size_t n, cap;
	bool has_zeros; /* those that are 0 are listed: one that is not there
			   the kernel does not have */
};

/* -1 and EXIT_INPUT where the file cannot be read, or is no list of counters;
   one without -z may be empty, as in a new network namespace. */
int nstat_read(struct nstat *out, const char *path, struct error *err);

void nstat_release(struct nstat *s);

/*
 * How much a counter grew from "before", which may be NULL, to "after"; false:
 * that kernel does not have it, or it went back, as after a reboot.
 */
bool nstat_growth(const struct nstat *before, const struct nstat *after,
		  const char *name, uint64_t *growth);

#endif
