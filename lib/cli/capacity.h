/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capacity.h - what the user knows of the paths: --capacity tcp0=30M,tcp1=10M.
 *
 *	struct capacities capacities = { .n = 0 };
 *	return capacities_take(&capacities, &cli);	// in take_option()
 *	if (capacities_set(&capacities, &trace, &err) < 0) ...
 *	capacities_release(&capacities);
 */
#ifndef CLI_CAPACITY_H
#define CLI_CAPACITY_H

#include "base/error.h"
#include "cli/options.h"
#include "pair/pairing.h"

struct capacity {
	uint32_t tcp_stream;
	uint64_t bps;
};

struct capacities {
	struct capacity *items; /* owned */
	size_t n, cap;
	uint64_t *of[2]; /* by stream of each capture; owned */
};

/*
 * More of them, from "optarg": "tcpN=RATE", separated by commas, in bit/s,
 * where k, M and G are powers of 1000.  False, as cli_stop(), when it makes no
 * sense, or a stream has two.
 */
bool capacities_take(struct capacities *c, struct cli *cli);

/* What of the command line does not go with them: several captures; or NULL. */
const char *capacities_conflict(const struct capacities *c,
				const struct cli *cli);

/* Tell a capture (trace.capacity), as long as they live.  -1 and EXIT_INPUT
   when one is no subflow there. */
int capacities_set(struct capacities *c, struct trace *trace, struct error *err)
	__attribute__((warn_unused_result));

/* The same of the second trace of a pairing, after the first. */
void capacities_share(struct capacities *c, const struct pairing *pairing,
		      struct trace *second);

void capacities_release(struct capacities *c);

#endif
