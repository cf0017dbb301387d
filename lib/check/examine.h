/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * examine.h - all rules, and all answers, for one connection.
 *
 * The result is in the checkup, which must be fresh from checkup_init().
 */
#ifndef CHECK_EXAMINE_H
#define CHECK_EXAMINE_H

#include "check/checkup.h"

void examine(struct checkup *c);

/* The rules, by what they look at; each fills its findings. */
void check_handshake(struct checkup *c);
void check_joins(struct checkup *c);
void check_addresses(struct checkup *c);
void check_mappings(struct checkup *c);
void check_acknowledgments(struct checkup *c);
void check_closing(struct checkup *c);
void check_failures(struct checkup *c);
void check_payload(struct checkup *c);
void check_path(struct checkup *c);

/* Add the answer to each question, where it arises. */
void judge_single_subflow(struct checkup *c);
void judge_fallback(struct checkup *c);
void judge_resets(struct checkup *c);
void judge_aggregation(struct checkup *c);
void judge_close(struct checkup *c);

#endif
