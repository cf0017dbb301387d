/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h - answers to what people ask about a connection.
 *
 * Each is a sentence, a word for scripts (the cause), the frames that show it,
 * and how certain it is.  A question that does not arise (why one subflow,
 * where there are two) has no answer.
 *
 * The sentence says how certain it is: what is likely has "probably" in it,
 * what is not known "the capture does not tell".  What rests on packets that
 * are not there is never proven: they may not have been captured.
 *
 * A list owns its answers.
 */
#ifndef CHECK_ANSWER_H
#define CHECK_ANSWER_H

#include <stddef.h>
#include <stdint.h>

enum question {
	QUESTION_SINGLE_SUBFLOW, /* "single_subflow" */
	QUESTION_FALLBACK,	 /* "fallback" */
	QUESTION_RESET,		 /* "reset" */
	QUESTION_AGGREGATION,	 /* "aggregation" */
	QUESTION_CLOSE		 /* "close" */
};

const char *question_name(enum question question);

enum certainty {
	CERTAINTY_PROVEN, /* "proven": the frames leave no other reading */
	CERTAINTY_LIKELY, /* "likely": what the alternatives say may be, too */
	CERTAINTY_UNKNOWN /* "unknown": the capture does not tell */
};

const char *certainty_name(enum certainty certainty);

enum {
	ANSWER_FRAMES_MAX = 12,
	ANSWER_ALTERNATIVES_MAX = 8
};

struct answer {
	enum question question;
	const char *cause; /* "join_refused"; static */
	char *text;	   /* owned */
	enum certainty certainty;
	const char *alternatives[ANSWER_ALTERNATIVES_MAX]; /* causes; static */
	size_t n_alternatives;
	uint32_t frames[ANSWER_FRAMES_MAX];
	size_t n_frames;
};

struct answers {
	struct answer *items;
	size_t n, cap;
};

void answers_release(struct answers *list);

/* The new answer; valid until the next one is added. */
struct answer *answers_add(struct answers *list, enum question question,
			   const char *cause, enum certainty certainty,
			   const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Another cause that the frames allow; one that is there is not added. */
void answer_alternative(struct answer *v, const char *cause);

/* One more frame that shows it; 0 is none, one that is there is not added. */
void answer_frame(struct answer *v, uint32_t frame);

#endif
