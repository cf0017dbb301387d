/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_options.h - the options of CLI_LIVE (-i, --capture-filter, --snaplen,
 * -w, -f) and the operand, which select the source of live packets
 *
 *	struct live_source_options source;
 *	if (!live_options_source(&cli, true, &source))
 *		return cli->status;
 *	s = live_source_open(&source, &err);
 *
 * Values are stored in cli.common.live; strings point into argv.
 */
#ifndef CLI_LIVE_OPTIONS_H
#define CLI_LIVE_OPTIONS_H

#include <stdbool.h>

#include "cli/options.h"
#include "live/source.h"

/* The table of these options, for shared_options.h. */
extern const struct opt_spec live_options_specs[];

/*
 * Take one of the options, with its argument in optarg. 1: done; 0: not one of
 * these; -1: invalid argument, cli->status is set.
 */
int live_options_take(struct cli *cli, int letter);

/*
 * Whether any of them was given, so that the command is to process live
 * packets.
 */
bool live_options_are_given(const struct cli *cli);

/*
 * Determine the source: interfaces, or the operand.  "follow": a file is
 * expected to grow.  "out" borrows its strings.  False after printing an
 * error; cli->status is set.
 */
bool live_options_source(struct cli *cli, bool follow,
			 struct live_source_options *out)
	__attribute__((warn_unused_result));

#endif
