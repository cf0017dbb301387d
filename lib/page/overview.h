/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overview.h - a page about any number of captures: a part for each, a table
 * of their connections, sections about the largest ones, and totals
 *
 *	struct overview page;
 *	overview_init(&page, "title", limit);
 *	overview_begin(&page, &trace, wants);	// each capture
 *	... overview_wants(&page, conn) ...
 *	overview_add(&page, &connection, &err);		// each connection
 *	overview_end(&page, &err);
 *	overview_put(&page, &out, tool, &err);
 *	overview_release(&page);
 *
 * At least one capture is needed.
 */
#ifndef PAGE_OVERVIEW_H
#define PAGE_OVERVIEW_H

#include "base/strlist.h"
#include "check/tally.h"
#include "model/totals.h"
#include "page/connection.h"

/* The number of connections of a capture with a verdict with this cause. */
struct cause_count {
	const char *cause; /* static */
	uint64_t connections;
};

/* A row of the index of captures. */
struct overview_capture {
	char *path;
	bool has_time; /* "first" is known */
	int64_t first; /* ns since 1970 */
	size_t connections, subflows, fallbacks;
	uint64_t bytes; /* unique data in both directions */
	uint64_t rest;	/* of these, not on the largest subflow */
	struct totals totals;
	struct cause_count *causes; /* except how they ended; owned */
	size_t n_causes, cap_causes;
};

struct overview {
	const char *title; /* NULL: use the name of the capture */
	size_t limit;	   /* maximum number of sections per capture */
	size_t captures;   /* expected number of captures */
	struct overview_capture *list;
	size_t n, cap;
	struct strbuf heads;	/* introductions of captures */
	struct strbuf rows;	/* rows of the table of connections */
	struct strbuf sections; /* sections about connections */
	struct strbuf small;	/* small plots of the other connections */
	size_t connections, n_sections, n_small;
	struct totals totals;
	struct tallies tally, latest; /* of all captures; of the current one */
	/* For the current capture: */
	uint32_t *largest; /* ids of its largest connections; owned */
	size_t n_largest;
};

void overview_init(struct overview *page, const char *title, size_t limit,
		   size_t captures);
void overview_release(struct overview *page);

/*
 * Begin a capture, which is open; "wants": which connections were selected, by
 * index, or NULL: all.
 */
void overview_begin(struct overview *page, const struct trace *trace,
		    const bool *wants);

/* Add a connection of it; -1 if a plot cannot be drawn. */
int overview_add(struct overview *page, struct page_connection *c,
		 struct error *err) __attribute__((warn_unused_result));

void overview_end(struct overview *page);

/* Append the complete page. */
void overview_put(struct overview *page, const char *tool, struct strbuf *out);

#endif
