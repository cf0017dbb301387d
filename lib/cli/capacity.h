/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capacity.h - capacities of paths given by the user: --capacity
 * tcp0=30M,tcp1=10M.
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
	uint64_t *of[2]; /* by stream, for each capture; owned */
};

/*
 * Parse "optarg": "tcpN=RATE", separated by commas, in bit/s, where k, M and G
 * are powers of 1000.  False after cli_stop() if it is invalid, less than 1
 * kbit/s (30 without a unit is hardly meant), or a stream is given twice.
 */
bool capacities_take(struct capacities *c, struct cli *cli);

/*
 * What on the command line cannot be combined with capacities (several
 * captures); or NULL.
 */
const char *capacities_conflict(const struct capacities *c,
				const struct cli *cli);

/*
 * Set trace.capacity of a capture; valid as long as "c".  Returns -1 and
 * EXIT_INPUT when a stream is not a subflow there.
 */
int capacities_set(struct capacities *c, struct trace *trace, struct error *err)
	__attribute__((warn_unused_result));

/* Set it for the second trace of a pairing, too, after the first one. */
void capacities_share(struct capacities *c, const struct pairing *pairing,
		      struct trace *second);

void capacities_release(struct capacities *c);

#endif
