/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tallying.h - the connections of many captures, examined and counted by what
 * is the matter with them: mptcp-check --tally.
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
	bool no_payload; /* do not look at it */
	const struct fail_on *fail_on;
	bool failed; /* a connection has what that says */
	struct tallies tally;
	/* Private: of the capture that is read, if has_capture. */
	bool has_capture;
	struct payload_facts facts;
	struct token_index tokens;
};

/* What the batch does, and its report, but for schema and tool. */
void tallying_shape(struct tallying *t, struct batch *batch);
void tallying_release(struct tallying *t);

#endif
