/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict.h - verdicts: answers to what people ask about a connection.
 *
 * Each is a sentence, a word for scripts (the cause), the frames that show it,
 * and how certain it is.  A question that does not arise (why one subflow,
 * where there are two) has no verdict.
 *
 * The sentence says how certain it is: what is likely has "probably" in it,
 * what is not known "the capture does not tell".  What rests on packets that
 * are not there is never proven: they may not have been captured.
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
	QUESTION_KERNEL,	 /* "kernel": do the logs of kernels agree? */
	QUESTIONS
};

const char *question_name(enum question question);

enum certainty {
	CERTAINTY_PROVEN, /* "proven": the frames leave no other reading */
	CERTAINTY_LIKELY, /* "likely": what the alternatives say may be, too */
	CERTAINTY_UNKNOWN /* "unknown": the capture does not tell */
};

const char *certainty_name(enum certainty certainty);

enum {
	VERDICT_FRAMES_MAX = 12,
	VERDICT_ALTERNATIVES_MAX = 8
};

struct verdict {
	enum question question;
	const char *cause; /* "join_refused"; static; cause.h has all */
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

/* The new verdict; valid until the next one is added. */
struct verdict *verdicts_add(struct verdicts *list, enum question question,
			     const char *cause, enum certainty certainty,
			     const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Another cause that the frames allow; one that is there is not added. */
void verdict_alternative(struct verdict *v, const char *cause);

/* One more frame that shows it; 0 is none, one that is there is not added. */
void verdict_frame(struct verdict *v, uint32_t frame);

#endif
