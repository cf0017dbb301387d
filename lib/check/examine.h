/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examine.h - check one connection: apply all rules and determine all
 * verdicts.
 *
 * The results are in the context, which must be fresh from context_init().
 */
#ifndef CHECK_EXAMINE_H
#define CHECK_EXAMINE_H

#include "check/context.h"

void examine(struct check_context *c);

/* The rules, grouped by what they look at; each fills its findings. */
void check_handshake(struct check_context *c);
void check_joins(struct check_context *c);
void check_addresses(struct check_context *c);
void check_mappings(struct check_context *c);
void check_acknowledgments(struct check_context *c);
void check_closing(struct check_context *c);
void check_failures(struct check_context *c);
void check_payload(struct check_context *c);
void check_path(struct check_context *c);

/* Add the verdict on each question that applies to the connection. */
void judge_single_subflow(struct check_context *c);
void judge_fallback(struct check_context *c);
void judge_resets(struct check_context *c);
void judge_aggregation(struct check_context *c);
void judge_limits(struct check_context *c);
void judge_close(struct check_context *c);

/*
 * Add verdicts on events from kernel logs, which are in c->timeline
 * (kernel_events.h) when logs were given.  Must be called last.
 */
void judge_kernel(struct check_context *c);

#endif
