/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cause.h - the table of causes that a verdict on each question can have.
 *
 * It is used wherever all causes must be known, or a cause must be told from a
 * typo: --fail-on, completions, and tests that compare the verdicts of all
 * captures, the man page and the schema with it.  All strings are static.
 */
#ifndef CHECK_CAUSE_H
#define CHECK_CAUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/verdict.h"

/* The i-th cause for the question; NULL: there are no more. */
const char *cause_word(enum question question, size_t i);

/* Whether the question has that cause. */
bool cause_answers(enum question question, const char *cause);

/*
 * The cause with this text, as a static string, if any question has it; else
 * NULL.
 */
const char *cause_find(const char *word, size_t length);

/* The question with this name; QUESTIONS: none. */
enum question question_find(const char *word, size_t length);

#endif
