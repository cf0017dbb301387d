/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h - what is the matter with how many connections: verdicts and broken
 * rules of any number of connections and captures, those that are alike
 * together.
 *
 *	struct tallies tally = TALLY_INIT;
 *	examine(&c);
 *	tally_add(&tally, &c, 0);	// each connection, of capture 0
 *	tally_sort(&tally);
 *	... tally.verdicts.items[0].connections ...
 *	tally_release(&tally);
 *
 * Verdicts are alike in question, cause and certainty, broken rules in rule and
 * severity.  Of each kind the first one that came is kept as the example; the
 * connection and the capture may be gone then.
 */
#ifndef CHECK_TALLY_H
#define CHECK_TALLY_H

#include <stdbool.h>

#include "check/context.h"

/* Alike: question and cause, or rule, and how certain, or how severe. */
struct tally_kind {
	bool is_rule;
	enum question question; /* of a verdict: */
	const char *cause;	/* static */
	enum certainty certainty;
	enum rule_id rule; /* or of a broken rule: */
	enum severity severity;
};

/* The owner is the item. */
struct tally_example {
	size_t capture; /* number of the capture, from 0 */
	char *path;	/* of it */
	uint32_t connection;
	uint32_t frame; /* the first that shows it, in "file"; 0: none */
	char *file;	/* that the frame is in; NULL: none */
	char *text;	/* what is said of it: a sentence */
};

struct tally_item {
	struct tally_kind kind;
	uint64_t connections; /* that have it */
	uint64_t times; /* verdicts of that kind, or things that break the rule
			 */
	struct tally_example example;
	uint64_t latest; /* private: the last connection that is counted */
};

struct tally_list {
	struct tally_item *items;
	size_t n, cap;
};

struct tallies {
	uint64_t connections; /* that were added */
	struct tally_list verdicts, rules;
};

#define TALLY_INIT                                                             \
	{                                                                      \
		.connections = 0                                               \
	}

void tally_add(struct tallies *tally, const struct check_context *c,
	       size_t capture);

/* Verdicts by question, rules by severity, the worst first; then what most
   connections have. */
void tally_sort(struct tallies *tally);
void tally_release(struct tallies *tally);

#endif
