/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_nstat.h - the option "--nstat [client:|server:]FILE[,LATER_FILE]":
 * counters of kernels, for each host at most once
 *
 *	struct kernel_nstats nstats = { .n = 0 };
 *	if (!kernel_nstats_take(&nstats, &cli, optarg))
 *		... has been said ...
 *	if (kernel_nstats_settle(&nstats, vantage, &err) < 0)
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
	int host; /* 0 client, 1 server, -1: where the capture was taken */
	bool has_after;
	struct nstat first, after;
	struct kernel_counters counters;
};

struct kernel_nstats {
	struct kernel_nstat list[2];
	size_t n;
	const struct kernel_counters *host[2];
};

/* Read the files; false after printing an error. */
bool kernel_nstats_take(struct kernel_nstats *s, struct cli *cli,
			const char *text);

/*
 * Read those of the first recording given as operand (recording.h), unless
 * others were given; false after printing an error.
 */
bool kernel_nstats_take_recorded(struct kernel_nstats *s, struct cli *cli);

/*
 * Assign counters to hosts, by where the capture was taken.  Returns -1 and
 * EXIT_USAGE if that is unknown, or both belong to one host.
 */
int kernel_nstats_settle(struct kernel_nstats *s, enum vantage vantage,
			 struct error *err);

void kernel_nstats_release(struct kernel_nstats *s);

#endif
