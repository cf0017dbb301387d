/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * problem.h - decide which results of a check are problems: --problems.
 *
 * Problems are violated rules, and verdicts whose cause says that something
 * failed or was delayed, unless their certainty is "unknown".
 */
#ifndef CHECK_PROBLEM_H
#define CHECK_PROBLEM_H

#include <stdbool.h>

#include "check/rule.h"
#include "check/verdict.h"

bool problem_is_verdict(const struct verdict *v);
bool problem_is_finding(const struct finding *f);

#endif
