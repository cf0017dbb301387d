/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/fail_on.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/strbuf.h"
#include "check/cause.h"

#define VERDICT "verdict="

/* The list of possible words, for error messages. */
static void put_causes(struct strbuf *out)
{
	for (int q = 0; q < QUESTIONS; q++) {
		const char *word = NULL;

		strbuf_printf(out, "%s%s (", q ? ", " : "",
			      question_name((enum question)q));
		for (size_t i = 0; (word = cause_word((enum question)q, i));
		     i++)
			strbuf_printf(out, "%s%s", i ? " " : "", word);
		strbuf_putc(out, ')');
	}
}

static void offer_causes(enum question question, struct nearest *nearest)
{
	const char *word = NULL;

	nearest_offer(nearest, question_name(question));
	for (size_t i = 0; (word = cause_word(question, i)); i++)
		nearest_offer(nearest, word);
}

/*
 * The end of the message about an unknown word: the nearest known one with
 * "before" in front, or "".  The caller frees it.
 */
static char *find_near(const char *word, size_t n, const char *before)
{
	struct nearest nearest = NEAREST_INIT(word, n);

	for (int q = 0; q < QUESTIONS; q++)
		offer_causes((enum question)q, &nearest);
	if (!nearest.best)
		return mem_strdup("");
	return mem_printf("; perhaps %s%s is meant", before, nearest.best);
}

static int unknown_cause(const char *word, size_t n, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char *near = find_near(word, n, "");

	put_causes(&text);
	error_set(err, EXIT_USAGE,
		  "no cause '%.*s'%s; there are, by question: %s", (int)n, word,
		  near, text.text);
	free(near);
	strbuf_release(&text);
	return -1;
}

static int add_verdict(struct fail_on *what, const char *word, size_t n,
		       struct error *err)
{
	const enum question question = question_find(word, n);
	const char *cause = cause_find(word, n);

	if (question == QUESTIONS && !cause)
		return unknown_cause(word, n, err);
	if (question != QUESTIONS)
		what->questions |= 1U << question;
	if (cause)
		*MEM_PUSH(what->causes, what->n, what->cap) = cause;
	return 0;
}

static void add_severity(struct fail_on *what, enum severity severity)
{
	if (!what->rules || severity < what->least)
		what->least = severity;
	what->rules = true;
}

static bool is_severity(const char *word, size_t n, enum severity severity)
{
	const char *name = severity_name(severity);

	return strlen(name) == n && strncmp(word, name, n) == 0;
}

static int add_word(struct fail_on *what, const char *word, size_t n,
		    struct error *err)
{
	const size_t prefix = strlen(VERDICT);
	char *near = NULL;

	if (n >= prefix && strncmp(word, VERDICT, prefix) == 0)
		return add_verdict(what, word + prefix, n - prefix, err);
	for (int s = SEVERITY_WARNING; s <= SEVERITY_ERROR; s++)
		if (is_severity(word, n, (enum severity)s)) {
			add_severity(what, (enum severity)s);
			return 0;
		}
	near = find_near(word, n, VERDICT);
	error_set(err, EXIT_USAGE,
		  "invalid value '%.*s' for --fail-on: give error, warning or "
		  "verdict=CAUSE%s",
		  (int)n, word, near);
	free(near);
	return -1;
}

int fail_on_add(struct fail_on *what, const char *words, struct error *err)
{
	for (const char *at = words; at; at = strchr(at, ',')) {
		at += at > words; /* the comma */
		if (add_word(what, at, strcspn(at, ","), err) < 0)
			return -1;
	}
	return 0;
}

void fail_on_error(struct fail_on *what)
{
	add_severity(what, SEVERITY_ERROR);
}

void fail_on_release(struct fail_on *what)
{
	free(what->causes);
	*what = (struct fail_on){ .n = 0 };
}

static bool meets_verdict(const struct fail_on *what, const struct verdict *v)
{
	if (what->questions & 1U << v->question)
		return true;
	for (size_t i = 0; i < what->n; i++)
		if (strcmp(what->causes[i], v->cause) == 0)
			return true;
	return false;
}

bool fail_on_meets(const struct fail_on *what, const struct check_context *c)
{
	for (int r = 0; what->rules && r < RULES; r++)
		if (context_has_rule(c, (enum rule_id)r) &&
		    c->findings[r].wrong &&
		    c->findings[r].severity >= what->least)
			return true;
	for (size_t k = 0; k < c->verdicts.n; k++)
		if (meets_verdict(what, &c->verdicts.items[k]))
			return true;
	return false;
}

/* Whether an earlier question has the cause, too, or that name. */
static bool is_told(enum question question, const char *cause)
{
	bool told = question_find(cause, strlen(cause)) != QUESTIONS;

	for (int q = 0; q < (int)question && !told; q++)
		told = cause_answers((enum question)q, cause);
	return told;
}

/* The i-th question or cause, each once. */
static const char *verdict_word(size_t i)
{
	for (int q = 0; q < QUESTIONS; q++) {
		const char *word = question_name((enum question)q);

		if (i-- == 0)
			return word;
		for (size_t k = 0; (word = cause_word((enum question)q, k));
		     k++)
			if (!is_told((enum question)q, word) && i-- == 0)
				return word;
	}
	return NULL;
}

const char *fail_on_word(size_t i, char word[FAIL_ON_WORD_MAX])
{
	const char *prefix = "", *rest = NULL;

	if (i < 2) {
		rest = severity_name(i ? SEVERITY_WARNING : SEVERITY_ERROR);
	} else {
		prefix = VERDICT;
		rest = verdict_word(i - 2);
	}
	if (!rest)
		return NULL;
	snprintf(word, FAIL_ON_WORD_MAX, "%s%s", prefix, rest);
	return word;
}
