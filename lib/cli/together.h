/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * together.h - rows about all connections of all captures together, instead of
 * rows for each: mptcp-summary --paths and --totals.
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
	const struct pairing *pairing; /* --with, while captures are read */
	struct paths paths;
	struct totals totals;
};

/* Change what the batch does, and its report, to one of them; schema, tool and
   the row of the clock stay. */
void together_paths(struct together *t, enum path_key by, struct batch *batch);
void together_totals(struct together *t, struct batch *batch);

/* Also where none was asked for. */
void together_release(struct together *t);

#endif
