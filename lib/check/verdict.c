/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/verdict.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *question_name(enum question question)
{
	static const char *const names[] = { "single_subflow", "fallback",
					     "reset",	       "aggregation",
					     "limit",	       "outage",
					     "close",	       "kernel" };

	return names[question];
}

const char *certainty_name(enum certainty certainty)
{
	static const char *const names[] = { "proven", "likely", "unknown" };

	return names[certainty];
}

void verdicts_release(struct verdicts *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].text);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

struct verdict *verdicts_add(struct verdicts *list, enum question question,
			     const char *cause, enum certainty certainty,
			     const char *fmt, ...)
{
	struct verdict *v = NULL;
	va_list args;

	v = MEM_PUSH(list->items, list->n, list->cap);
	*v = (struct verdict){ .question = question,
			       .cause = cause,
			       .certainty = certainty };
	va_start(args, fmt);
	v->text = mem_vprintf(fmt, args);
	va_end(args);
	return v;
}

void verdict_alternative(struct verdict *v, const char *cause)
{
	if (strcmp(cause, v->cause) == 0 ||
	    v->n_alternatives == VERDICT_ALTERNATIVES_MAX)
		return;
	for (size_t i = 0; i < v->n_alternatives; i++)
		if (strcmp(v->alternatives[i], cause) == 0)
			return;
	v->alternatives[v->n_alternatives++] = cause;
}

void verdict_frame(struct verdict *v, uint32_t frame)
{
	if (!frame || v->n_frames == VERDICT_FRAMES_MAX)
		return;
	for (size_t i = 0; i < v->n_frames; i++)
		if (v->frames[i] == frame)
			return;
	v->frames[v->n_frames++] = frame;
}
