/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail_on.h - which rules and verdicts make a check fail: --fail-on.
 *
 *	struct fail_on what = { .n = 0 };
 *
 *	if (fail_on_add(&what, "error,verdict=fallback", &err) < 0)
 *		...
 *	if (fail_on_meets(&what, &context))
 *		... this connection fails ...
 *	fail_on_release(&what);
 *
 * Rules fail by their severity: "error", or "warning", which errors are, too.
 * A verdict fails by its cause, or by its question, however certain it is: what
 * is counted is what the output says; causes that are only its alternatives are
 * not.
 */
#ifndef CHECK_FAIL_ON_H
#define CHECK_FAIL_ON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "check/context.h"

struct fail_on {
	bool rules;	     /* there is a severity of which ... */
	enum severity least; /* ... a rule that is violated fails */
	unsigned questions;  /* a bit for each enum question */
	const char **causes; /* the array is owned, its words are static */
	size_t n, cap;
};

/* Words with commas between, as the user says them.  -1: one of them is none;
   what there are is said. */
int fail_on_add(struct fail_on *what, const char *words, struct error *err)
	__attribute__((warn_unused_result));

/* The word "error", which "-e" is short for. */
void fail_on_error(struct fail_on *what);

void fail_on_release(struct fail_on *what);

/* Is there one of these in the connection, which was examined? */
bool fail_on_meets(const struct fail_on *what, const struct check_context *c);

enum {
	FAIL_ON_WORD_MAX = 64
};

/* The i-th of all words that there are, written to "word", which it returns;
   NULL when there are no more. */
const char *fail_on_word(size_t i, char word[FAIL_ON_WORD_MAX]);

#endif
