/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connection.h - the section of a page about one connection
 *
 * From top to bottom: overview, verdicts, bytes, plots with a common time
 * axis, events, violated rules, and the Wireshark filter.  The contents are
 * those of mptcp-summary, mptcp-check, mptcp-plot and mptcp-events.
 */
#ifndef PAGE_CONNECTION_H
#define PAGE_CONNECTION_H

#include "base/strbuf.h"
#include "check/context.h"
#include "model/summary.h"
#include "pair/arrived.h"

/* Everything is borrowed. */
struct page_connection {
	const char *place; /* anchor in the page, for links: "c0-3" */
	const char *name;  /* "3"; with several captures "0/3" */
	struct trace *trace;
	struct trace *second; /* capture of the other end, or NULL */
	struct connection *conn;
	size_t capture; /* number of the capture, from 0 */
	const struct summary *summary;
	const struct check_context *check; /* after examine() */
	const struct pairing *pairing;	   /* of both captures, or NULL */
	/* in both captures, if there is a pairing */
	const struct arrivals *arrivals;
};

/* Append the section; -1 if a plot cannot be drawn. */
int page_connection_put(struct strbuf *out, const struct page_connection *c,
			struct error *err) __attribute__((warn_unused_result));

/* The direction with more data. */
enum direction page_connection_main(const struct summary *summary);

#endif
