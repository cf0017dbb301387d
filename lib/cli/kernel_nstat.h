/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_nstat.h - "--nstat [client:|server:]FILE[,LATER_FILE]": the counters of
 * kernels, once for each host
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

/* Reads the files; false: what is wrong has been said. */
bool kernel_nstats_take(struct kernel_nstats *s, struct cli *cli,
			const char *text);

/* Those of the first recording that was named (recording.h), unless others were
   given; false: what is wrong has been said. */
bool kernel_nstats_take_recorded(struct kernel_nstats *s, struct cli *cli);

/* Whose they are, by where the capture was taken; -1 and EXIT_USAGE where that
   does not tell, or both are of one host. */
int kernel_nstats_settle(struct kernel_nstats *s, enum vantage vantage,
			 struct error *err);

void kernel_nstats_release(struct kernel_nstats *s);

#endif
