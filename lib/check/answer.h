/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h - answers to what people ask about a connection.
 *
 * Each is a sentence, a word for scripts (the cause), and the frames that prove
 * it.  A question that does not arise (why one subflow, where there are two)
 * has no answer.
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

enum {
	ANSWER_FRAMES_MAX = 12
};

struct answer {
	enum question question;
	const char *cause; /* "join_refused"; static */
	char *text;	   /* owned */
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
			   const char *cause, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* One more frame of proof; 0 is none, one that is there is not added. */
void answer_frame(struct answer *v, uint32_t frame);

#endif
