/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - what commands that list something do with their captures.
 *
 * Each capture is read in turn; one that cannot be read is reported and the
 * others are dealt with all the same.
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
	struct cli *cli; /* its options have been read; the rest of argv are
			    the captures */
	struct report_options *report; /* schema, tool, levels */
	const char *nothing; /* said of a capture that has no rows; NULL, and
				where there is no connection: that there is no
				Multipath TCP (trace_absence()) ... */
	bool says_all; /* "nothing" is said where there is no connection, too */
	bool may_be_empty; /* ... but only on a terminal, where that is ordinary
			     and there are connections */
	/*
	 * What takes time for a connection that was selected, if not NULL: it
	 * may be called for several at a time, by threads, before their rows
	 * are wanted.  The packets of others may not be in the trace.
	 */
	void *(*make)(struct trace *trace, struct connection *conn);
	/*
	 * Report the rows of it; returns how many there were.  "made", by
	 * make(), is then the callee's.
	 */
	size_t (*connection)(void *ctx, struct report *report,
			     struct trace *trace, size_t capture,
			     struct connection *conn, void *made);
	/* Before the first one of a capture, if not NULL: what is needed of it
	   as a whole; -1: it is given up. */
	int (*open)(void *ctx, struct session *session, struct error *err);
	/* Behind that, if not NULL. */
	void (*begin)(void *ctx, struct report *report, struct trace *trace);
	/* Or else: those of a whole capture. */
	size_t (*rows)(void *ctx, struct report *report, struct trace *trace,
		       size_t capture);
	enum load_what load; /* what "rows" needs of a capture */
	/* Behind all captures, if not NULL: rows about them together. */
	void (*end)(void *ctx, struct report *report);
	void *ctx;
	const struct pairing **pairing; /* where the capture is tied together
					   with that of --with while the rows
					   are reported */
};

/* With --list-columns only those; else all captures. */
enum exit_status batch_main(const struct batch *batch);

#endif
