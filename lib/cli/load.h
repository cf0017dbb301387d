/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h - open the captures given on the command line, and load what a
 * command needs of them.
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
	LOAD_SELECTED, /* packets of connections selected by -c and -t; all if
			  there is no selection */
	LOAD_OUTLINE,  /* no packets */
	LOAD_IN_TURN   /* for session_next(): those that -c selects, or all */
};

struct loaded {
	/* Set by the caller: */
	bool whole_packets;	  /* reject exports, which contain no packets */
	struct exact_rows *exact; /* filled with the rows; NULL: not wanted */
	/* Results: */
	struct input input;
	struct session session[2];
	size_t n;
};

/*
 * Interpret the operands from cli->argv[first] on; returns the number of
 * captures, and the first two of them.  With -m all operands are one capture,
 * or two separated by "--".
 */
size_t load_operands(const struct cli *cli, int first,
		     struct session_operand what[2]);

/*
 * The same for commands that need two captures: with -m two operands are two
 * captures; more require a "--".
 */
size_t load_two_operands(const struct cli *cli, int first,
			 struct session_operand what[2]);

/* The capture given by --with, which may consist of several files. */
struct session_operand load_with(const struct cli *cli);

/*
 * Open one capture, or those of both ends at the same time, which are loaded
 * completely.  Rejects one file given twice, as it would be its own other end.
 * Errors and warnings are printed on standard error.  Unless EXIT_OK is
 * returned nothing has to be released.
 */
enum exit_status load_captures(const struct cli *cli,
			       const struct session_operand *operands, size_t n,
			       enum load_what what, struct loaded *l);

void loaded_release(struct loaded *l);

/*
 * The main function of commands that take two captures: prints the columns of
 * the report if only these are requested, else calls "fn" with both captures
 * (-c and -t refer to the first one).  Closes the report, or drops it.
 */
typedef enum exit_status load_two_fn(void *ctx, struct report *report,
				     const struct trace *const trace[2]);
enum exit_status load_two_main(const struct cli *cli,
			       struct report_options *options, load_two_fn *fn,
			       void *ctx);

/*
 * Print that the trace has no Multipath TCP connection, or why none can be
 * seen.
 */
void load_warn_absence(const struct trace *trace);

#endif
