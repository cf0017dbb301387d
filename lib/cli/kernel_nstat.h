/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_nstat.h - the option "--nstat": counters of kernels, for each host at
 * most once
 *
 * Its argument is [client:|server:|both:]FILE[,LATER_FILE].
 *
 *	struct kernel_nstats nstats = { .n = 0 };
 *	if (!kernel_nstats_take(&nstats, &cli, optarg))
 *		... has been said ...
 *	if (kernel_nstats_settle(&nstats, &place, &err) < 0)
 *		... err.text ...
 *	... nstats.host[0] ...	// the client's, or NULL
 *	kernel_nstats_release(&nstats);
 */
#ifndef CLI_KERNEL_NSTAT_H
#define CLI_KERNEL_NSTAT_H

#include "check/kernel_counters.h"
#include "cli/options.h"
#include "model/vantage.h"

struct kernel_nstat {
	int host; /* as in struct kernel_counters; -1: where the capture was
		     taken */
	bool has_after;
	struct nstat first, after;
	struct kernel_counters counters;
};

struct kernel_nstats {
	struct kernel_nstat list[2];
	size_t n;
	const struct kernel_counters *host[HOST_BOTH + 1];
};

/* Where the host is whose counters are compared; all zero at first. */
struct nstat_place {
	enum vantage vantage; /* where the capture was taken, if known */
	size_t n, at_home;    /* connections; with both ends on one host */
};

void nstat_place_add(struct nstat_place *place, const struct trace *trace,
		     const struct connection *conn);

/* Read the files; false after printing an error. */
bool kernel_nstats_take(struct kernel_nstats *s, struct cli *cli,
			const char *text);

/*
 * Read those of the first recording given as operand (recording.h), unless
 * others were given; false after printing an error.
 */
bool kernel_nstats_take_recorded(struct kernel_nstats *s, struct cli *cli);

/*
 * Assign counters to hosts, by where the capture was taken, or to the host that
 * is both ends of all connections.  Returns -1 and EXIT_USAGE if that is
 * unknown, or both belong to one host, or that host is both ends only of some
 * connections.
 */
int kernel_nstats_settle(struct kernel_nstats *s,
			 const struct nstat_place *place, struct error *err);

void kernel_nstats_release(struct kernel_nstats *s);

#endif
