/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examine.h - all rules, and all verdicts, for one connection.
 *
 * The result is in the context, which must be fresh from context_init().
 */
#ifndef CHECK_EXAMINE_H
#define CHECK_EXAMINE_H

#include "check/context.h"

void examine(struct check_context *c);

/* The rules, by what they look at; each fills its findings. */
void check_handshake(struct check_context *c);
void check_joins(struct check_context *c);
void check_addresses(struct check_context *c);
void check_mappings(struct check_context *c);
void check_acknowledgments(struct check_context *c);
void check_closing(struct check_context *c);
void check_failures(struct check_context *c);
void check_payload(struct check_context *c);
void check_path(struct check_context *c);

/* Add the verdict on each question, where it arises. */
void judge_single_subflow(struct check_context *c);
void judge_fallback(struct check_context *c);
void judge_resets(struct check_context *c);
void judge_aggregation(struct check_context *c);
void judge_limits(struct check_context *c);
void judge_close(struct check_context *c);

/* The same for what kernels say, where there are logs: c->timeline has their
   events among those of the packets (kernel_events.h).  The last to be asked. */
void judge_kernel(struct check_context *c);

#endif
