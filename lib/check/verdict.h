/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict.h - verdicts: answers to questions that people have about a
 * connection.
 *
 * A verdict consists of a sentence, a cause (an identifier for scripts), the
 * frames that show it, and its certainty.  If a question does not apply (such
 * as why there is only one subflow, when there are two), there is no verdict.
 *
 * The sentence expresses the certainty: likely answers contain "probably",
 * unknown ones say that the capture does not tell.  An answer that relies on
 * the absence of packets is never proven, since packets may be missing from
 * the capture.
 *
 * A list owns its verdicts.
 */
#ifndef CHECK_VERDICT_H
#define CHECK_VERDICT_H

#include <stddef.h>
#include <stdint.h>

enum question {
	QUESTION_SINGLE_SUBFLOW, /* "single_subflow" */
	QUESTION_FALLBACK,	 /* "fallback" */
	QUESTION_RESET,		 /* "reset" */
	QUESTION_AGGREGATION,	 /* "aggregation" */
	QUESTION_LIMIT,		 /* "limit" */
	QUESTION_OUTAGE,	 /* "outage" */
	QUESTION_CLOSE,		 /* "close" */
	QUESTION_KERNEL, /* "kernel": do kernel logs agree with the packets? */
	QUESTIONS
};

const char *question_name(enum question question);

enum certainty {
	CERTAINTY_PROVEN, /* "proven": the frames allow no other explanation */
	CERTAINTY_LIKELY, /* "likely": the alternatives are possible, too */
	CERTAINTY_UNKNOWN /* "unknown": the capture does not tell */
};

const char *certainty_name(enum certainty certainty);

enum {
	VERDICT_FRAMES_MAX = 12,
	VERDICT_ALTERNATIVES_MAX = 8
};

struct verdict {
	enum question question;
	const char *cause; /* "join_refused"; static; listed in cause.h */
	char *text;	   /* owned */
	enum certainty certainty;
	const char *alternatives[VERDICT_ALTERNATIVES_MAX]; /* causes; static */
	size_t n_alternatives;
	uint32_t frames[VERDICT_FRAMES_MAX];
	size_t n_frames;
};

struct verdicts {
	struct verdict *items;
	size_t n, cap;
};

void verdicts_release(struct verdicts *list);

/*
 * Add a verdict with a formatted sentence.  Valid until the next one is added.
 */
struct verdict *verdicts_add(struct verdicts *list, enum question question,
			     const char *cause, enum certainty certainty,
			     const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Add another possible cause, unless it is there already. */
void verdict_alternative(struct verdict *v, const char *cause);

/* Add a frame that shows it, unless it is 0 or there already. */
void verdict_frame(struct verdict *v, uint32_t frame);

#endif
