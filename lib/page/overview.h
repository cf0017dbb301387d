/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overview.h - a page of any number of captures: what can be said of each, a
 * table of their connections, sections of the largest, and all together
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

/* How many connections of a capture have a verdict with that cause. */
struct cause_count {
	const char *cause; /* static */
	uint64_t connections;
};

/* One row of the index of captures. */
struct overview_capture {
	char *path;
	bool has_time; /* else "first" is not known */
	int64_t first; /* ns since 1970 */
	size_t connections, subflows, fallbacks;
	uint64_t bytes; /* unique data, both directions */
	uint64_t rest;	/* of these, not by the largest subflow */
	struct totals totals;
	struct cause_count *causes; /* but how they ended; owned */
	size_t n_causes, cap_causes;
};

struct overview {
	const char *title; /* NULL: the name of the capture */
	size_t limit;	   /* sections for each capture */
	size_t captures;   /* that there will be */
	struct overview_capture *list;
	size_t n, cap;
	struct strbuf heads;	/* of captures */
	struct strbuf rows;	/* of the table of connections */
	struct strbuf sections; /* of connections */
	struct strbuf small;	/* pictures of the others */
	size_t connections, n_sections, n_small;
	struct totals totals;
	struct tallies tally, latest; /* of all; of this capture */
	/* Of the capture that is under way: */
	uint32_t *largest; /* ids of its largest connections; owned */
	size_t n_largest;
};

void overview_init(struct overview *page, const char *title, size_t limit,
		   size_t captures);
void overview_release(struct overview *page);

/* The capture, which is open; "wants": the connections that are asked for, by
   index, or NULL: all. */
void overview_begin(struct overview *page, const struct trace *trace,
		    const bool *wants);

/* A connection of it; -1 where a picture cannot be drawn. */
int overview_add(struct overview *page, struct page_connection *c,
		 struct error *err) __attribute__((warn_unused_result));

void overview_end(struct overview *page);

/* The whole page. */
void overview_put(struct overview *page, const char *tool, struct strbuf *out);

#endif
