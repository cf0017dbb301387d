/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h - the captures that a command looks at, and no more of them than is
 * needed.
 *
 *	struct loaded l = { .n = 0 };
 *	struct session_operand what[2];
 *	if (load_operands(cli, optind, what) != 1) ...
 *	status = load_captures(cli, what, 1, LOAD_SELECTED, &l);
 *	if (status != EXIT_OK)
 *		return status;
 *	... l.session[0].trace ...
 *	loaded_release(&l);
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <stdbool.h>

#include "cli/options.h"
#include "load/session.h"

enum load_what {
	LOAD_ALL,
	LOAD_SELECTED, /* packets of the connections of what -c and -t name, if
			  they do; else all */
	LOAD_OUTLINE,  /* no packets */
	LOAD_IN_TURN   /* for session_next(): those that -c names, if it does */
};

struct loaded {
	/* To be set before: */
	bool whole_packets;	  /* refuse exports: they have no packets */
	struct exact_rows *exact; /* gets the rows; NULL: not wanted */
	/* What there is: */
	struct input input;
	struct session session[2];
	size_t n;
};

/*
 * What the operands from cli->argv[first] on are: how many captures, of which
 * the first two are told.  With -m all of them are one, or two with "--"
 * between.
 */
size_t load_operands(const struct cli *cli, int first,
		     struct session_operand what[2]);

/* The same where two captures are needed: with -m two operands are two, and
   more of them need a "--". */
size_t load_two_operands(const struct cli *cli, int first,
			 struct session_operand what[2]);

/* The capture that --with names, which may be several files. */
struct session_operand load_with(const struct cli *cli);

/*
 * Open one capture, or those of both ends at the same time, which are read
 * whole; one file given twice is refused: it would be its own other end.  What
 * is wrong is said on stderr, as are warnings.  Unless it returns EXIT_OK
 * nothing is to be released.
 */
enum exit_status load_captures(const struct cli *cli,
			       const struct session_operand *operands, size_t n,
			       enum load_what what, struct loaded *l);

void loaded_release(struct loaded *l);

/*
 * What commands do that take two captures: the columns of the report when only
 * those are asked for, else "fn" with both, where -c and -t are in the first.
 * It closes the report, or drops it.
 */
typedef enum exit_status load_two_fn(void *ctx, struct report *report,
				     const struct trace *const trace[2]);
enum exit_status load_two_main(const struct cli *cli,
			       struct report_options *options, load_two_fn *fn,
			       void *ctx);

/* Say that the trace has no Multipath TCP connection, or why none is seen. */
void load_warn_absence(const struct trace *trace);

#endif
