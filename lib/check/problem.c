/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/problem.h"

#include <string.h>

enum {
	WELL_MAX = 8 /* including the final NULL */
};

/* Causes that are not problems. */
static const char *const well[QUESTIONS][WELL_MAX] = {
	[QUESTION_SINGLE_SUBFLOW] = { "too_short", "one_interface" },
	[QUESTION_AGGREGATION] = { "aggregating", "backup",
				   "application_limited" },
	[QUESTION_LIMIT] = { "starting", "application", "path" },
	[QUESTION_CLOSE] = { "open", "fin", "fin_client", "fin_server",
			     "data_fin" },
	[QUESTION_KERNEL] = { "kernel_agrees", "captured_in_part",
			      "subflow_not_captured", "join_not_captured" },
};

bool problem_is_verdict(const struct verdict *v)
{
	if (v->certainty == CERTAINTY_UNKNOWN)
		return false;
	for (const char *const *w = well[v->question]; *w; w++)
		if (strcmp(*w, v->cause) == 0)
			return false;
	return true;
}

bool problem_is_finding(const struct finding *f)
{
	return finding_result(f) == RESULT_VIOLATED;
}
