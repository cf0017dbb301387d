/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cause.h - the causes of verdicts: which words can answer each question.
 *
 * Everything that has to know all of them, or to tell a cause from a typo, asks
 * here: --fail-on, the completions, and the tests, which compare the verdicts
 * of all captures, the page and the schema with it.  Words are static.
 */
#ifndef CHECK_CAUSE_H
#define CHECK_CAUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/verdict.h"

/* The i-th cause that a verdict of the question can have, NULL when there are
   no more. */
const char *cause_word(enum question question, size_t i);

/* Can the question have that cause? */
bool cause_answers(enum question question, const char *cause);

/* The word as it is in the table, and so static, if any question can have it;
   else NULL. */
const char *cause_find(const char *word, size_t length);

/* Which question is called so; QUESTIONS: none. */
enum question question_find(const char *word, size_t length);

#endif
