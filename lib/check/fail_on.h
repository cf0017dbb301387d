/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail_on.h - decide which violated rules and verdicts make mptcp-check fail:
 * --fail-on.
 *
 *	struct fail_on what = { .n = 0 };
 *
 *	if (fail_on_add(&what, "error,verdict=fallback", &err) < 0)
 *		...
 *	if (fail_on_meets(&what, &context))
 *		... this connection fails ...
 *	fail_on_release(&what);
 *
 * Rules count by severity: "error", or "warning", which includes errors.  A
 * verdict counts by its cause or its question, whatever its certainty; causes
 * that are only its alternatives do not count.
 */
#ifndef CHECK_FAIL_ON_H
#define CHECK_FAIL_ON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "check/context.h"

struct fail_on {
	bool rules;	     /* rules count, from this severity on: */
	enum severity least; /* ... a rule that is violated fails */
	unsigned questions;  /* one bit for each enum question */
	const char **causes; /* owned array of static strings */
	size_t n, cap;
};

/*
 * Add words from the command line, separated by commas.  -1 when one is
 * unknown; the error lists the possible ones.
 */
int fail_on_add(struct fail_on *what, const char *words, struct error *err)
	__attribute__((warn_unused_result));

/* Add the word "error", as option -e does. */
void fail_on_error(struct fail_on *what);

void fail_on_release(struct fail_on *what);

/* Whether the examined connection has one of them. */
bool fail_on_meets(const struct fail_on *what, const struct check_context *c);

enum {
	FAIL_ON_WORD_MAX = 64
};

/*
 * The i-th of all possible words, written to "word" and returned; NULL: there
 * are no more.
 */
const char *fail_on_word(size_t i, char word[FAIL_ON_WORD_MAX]);

#endif
