/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h - count equal verdicts and equal violations over any number of
 * connections and captures: mptcp-check --tally.
 *
 *	struct tallies tally = TALLY_INIT;
 *	examine(&c);
 *	tally_add(&tally, &c, 0);	// each connection, of capture 0
 *	tally_sort(&tally);
 *	... tally.verdicts.items[0].connections ...
 *	tally_release(&tally);
 *
 * Verdicts are equal if question, cause and certainty are; violations if rule
 * and severity are.  The first one of each kind is kept as an example, which
 * does not depend on the connection or capture any more.
 */
#ifndef CHECK_TALLY_H
#define CHECK_TALLY_H

#include <stdbool.h>

#include "check/context.h"

/* What is counted together. */
struct tally_kind {
	bool is_rule;
	enum question question; /* for verdicts: */
	const char *cause;	/* static */
	enum certainty certainty;
	enum rule_id rule; /* for violations: */
	enum severity severity;
};

/* An example; the strings are owned by the item. */
struct tally_example {
	size_t capture; /* number of the capture, from 0 */
	char *path;	/* of the capture */
	uint32_t connection;
	uint32_t frame; /* first frame that shows it, in "file"; 0: none */
	char *file;	/* file that contains the frame; NULL: none */
	char *text;	/* the sentence about it */
};

struct tally_item {
	struct tally_kind kind;
	uint64_t connections; /* connections that have it */
	uint64_t times;	      /* number of verdicts or violations */
	struct tally_example example;
	uint64_t latest; /* private: the connection counted last */
};

struct tally_list {
	struct tally_item *items;
	size_t n, cap;
};

struct tallies {
	uint64_t connections; /* number of connections added */
	struct tally_list verdicts, rules;
};

#define TALLY_INIT                                                             \
	{                                                                      \
		.connections = 0                                               \
	}

/* Add the results of an examined connection. */
void tally_add(struct tallies *tally, const struct check_context *c,
	       size_t capture);

/*
 * Sort verdicts by question and rules by severity, most severe first; then by
 * number of connections.
 */
void tally_sort(struct tallies *tally);
void tally_release(struct tallies *tally);

#endif
