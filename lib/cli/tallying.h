/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tallying.h - mptcp-check --tally: examine the connections of many captures
 * and count equal results.
 *
 *	struct tallying tallying = { .fail_on = &fail_on };
 *	tallying_shape(&tallying, &batch);
 *	status = batch_main(&batch);
 *	... tallying.failed ...
 *	tallying_release(&tallying);
 */
#ifndef CLI_TALLYING_H
#define CLI_TALLYING_H

#include "check/fail_on.h"
#include "check/payload_facts.h"
#include "check/tally.h"
#include "check/token_index.h"
#include "cli/batch.h"

struct tallying {
	bool no_payload; /* do not read payload */
	const struct fail_on *fail_on;
	bool failed; /* some connection meets fail_on */
	struct tallies tally;
	/* Private: for the current capture, if has_capture. */
	bool has_capture;
	struct payload_facts facts;
	struct token_index tokens;
};

/* Set up the batch and its report, except schema and tool. */
void tallying_shape(struct tallying *t, struct batch *batch);
void tallying_release(struct tallying *t);

#endif
