/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connection.h - the part of a page that is about one connection
 *
 * From top to bottom: what it was, what happened to it (verdicts), where its
 * bytes went, pictures with one axis of time, its events, the rules that it
 * breaks, and the filter for Wireshark.  All of it is what mptcp-summary,
 * -check, -plot and -events say.
 */
#ifndef PAGE_CONNECTION_H
#define PAGE_CONNECTION_H

#include "base/strbuf.h"
#include "check/context.h"
#include "model/summary.h"
#include "pair/arrived.h"

/* Everything is borrowed. */
struct page_connection {
	const char *place; /* where it is in the page, for links: "c0-3" */
	const char *name;  /* "3", or of several captures "0/3" */
	struct trace *trace;
	struct trace *second; /* of the other end, or NULL */
	struct connection *conn;
	size_t capture; /* number of the capture, from 0 */
	const struct summary *summary;
	const struct check_context *check; /* examine() is done */
	const struct pairing *pairing;	   /* with "second", or NULL */
	const struct arrivals *arrivals;   /* then: of both */
};

/* Adds the section; -1 where a picture cannot be drawn. */
int page_connection_put(struct strbuf *out, const struct page_connection *c,
			struct error *err) __attribute__((warn_unused_result));

/* "10.0.1.1:42970 to 10.0.1.2:5001" */
void page_connection_name(struct strbuf *out, const struct connection *conn);

/* The direction with more data. */
enum direction page_connection_main(const struct summary *summary);

#endif
