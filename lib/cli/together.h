/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * together.h - rows about all connections of all captures together:
 * mptcp-summary --paths and --totals.
 *
 *	struct together together = { .select = &cli.common.select };
 *	together_paths(&together, PATH_BY_PAIR, &batch);
 *	status = batch_main(&batch);
 *	together_release(&together);
 */
#ifndef CLI_TOGETHER_H
#define CLI_TOGETHER_H

#include "cli/batch.h"
#include "cli/select.h"
#include "model/paths.h"
#include "model/totals.h"

struct together {
	const struct select *select;
	/* with --with, while captures are read */
	const struct pairing *pairing;
	struct paths paths;
	struct totals totals;
};

/*
 * Set up the batch and its report for one of them, except schema, tool and the
 * row about clocks.
 */
void together_paths(struct together *t, enum path_key by, struct batch *batch);
void together_totals(struct together *t, struct batch *batch);

/* May be called even if neither was set up. */
void together_release(struct together *t);

#endif
