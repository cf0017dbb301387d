/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/examine.h"

void examine(struct check_context *c)
{
	/*
	 * Changes on the path violate nothing: other rules ask for them first.
	 */
	check_path(c);
	check_handshake(c);
	check_joins(c);
	check_addresses(c);
	check_mappings(c);
	check_acknowledgments(c);
	check_closing(c);
	check_failures(c);
	check_payload(c);
	/* Verdicts depend on the findings of rules. */
	judge_single_subflow(c);
	judge_fallback(c);
	judge_resets(c);
	judge_aggregation(c);
	judge_limits(c);
	judge_close(c);
}
