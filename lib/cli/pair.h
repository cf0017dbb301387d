/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pair.h - read the two captures that a command compares, or one.
 */
#ifndef CLI_PAIR_H
#define CLI_PAIR_H

#include "cli/options.h"
#include "model/portions.h"
#include "model/trace.h"

/*
 * Both at the same time, with their warnings on stderr.  Both traces are to be
 * released when it returns EXIT_OK, none else.  One file given twice is
 * refused: it would be its own other end.
 */
enum exit_status pair_load(const struct cli *cli, const char *const path[2],
			   struct trace trace[2]);

/*
 * What commands do that take two captures: the columns of the report when only
 * those are asked for, else "fn" with both.
 */
typedef enum exit_status pair_fn(void *ctx, const struct report_options *report,
				 const struct trace trace[2]);
enum exit_status pair_main(const struct cli *cli, struct report_options *report,
			   pair_fn *fn, void *ctx);

/* pair_load() for a command that was given only one of them. */
enum exit_status pair_load_one(const struct cli *cli, const char *path,
			       struct trace *trace);

/*
 * The same for one that takes its connections in turn (portions.h).  "input"
 * need not be initialised; when it returns EXIT_OK the portions, the trace and
 * the input are to be released, in this order.
 */
enum exit_status pair_load_portions(const struct cli *cli, const char *path,
				    struct input *input,
				    struct portions *portions,
				    struct trace *trace);

#endif
