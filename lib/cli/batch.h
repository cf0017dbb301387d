/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - the main loop of commands that list something about any number of
 * captures.
 *
 * Captures are read one after the other.  One that cannot be read is reported,
 * and the others are processed nevertheless.
 *
 *	struct batch batch = { .cli = &cli, .report = &description,
 *			       .rows = rows, .ctx = &opt,
 *			       .connection = report_connection };
 *	status = batch_main(&batch);
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include <stdbool.h>

#include "cli/load.h"
#include "cli/options.h"
#include "output/report.h"
#include "pair/pairing.h"

struct batch {
	struct cli *cli; /* options have been parsed; the rest of argv are the
			    captures */
	struct report_options *report; /* schema, tool, levels */
	const char *nothing; /* message for captures without rows; NULL, or if
				there are no connections: the one about missing
				Multipath TCP (trace_absence()) ... */
	bool says_all; /* ... use "nothing" even if there are no connections */
	bool may_be_empty; /* no rows are normal if there are connections: show
			      the message on a terminal only */
	/*
	 * If not NULL: the time-consuming work for a selected connection.  May
	 * be called by several threads at the same time, for different
	 * connections, before their rows are needed.  Packets of other
	 * connections need not be in the trace.
	 */
	void *(*make)(struct trace *trace, struct connection *conn);
	/*
	 * Report the rows of a connection; returns their number.  "made" is
	 * the result of make() and belongs to this function.
	 */
	size_t (*connection)(void *ctx, struct report *report,
			     struct trace *trace, size_t capture,
			     struct connection *conn, void *made);
	/*
	 * If not NULL: called first for each capture, for what is needed of it
	 * as a whole.  -1: skip the capture.
	 */
	int (*open)(void *ctx, struct session *session, struct error *err);
	/* If not NULL: called after open(). */
	void (*begin)(void *ctx, struct report *report, struct trace *trace);
	/* Instead of "connection": report the rows of a whole capture. */
	size_t (*rows)(void *ctx, struct report *report, struct trace *trace,
		       size_t capture);
	enum load_what load; /* what "rows" needs of a capture */
	/*
	 * If not NULL: called after all captures, to report rows about all of
	 * them.
	 */
	void (*end)(void *ctx, struct report *report);
	void *ctx;
	/* Set to the pairing of the capture with that of --with while rows are
	   reported. */
	const struct pairing **pairing;
};

/* Process all captures; with --list-columns only list the columns. */
enum exit_status batch_main(const struct batch *batch);

#endif
