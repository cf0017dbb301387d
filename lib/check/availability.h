/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * availability.h - how much of the data of a direction was sent before its
 * sender could use a subflow, while that was a backup, and after it was closed.
 *
 * Only the time of the data counts: what happened later is no reason why a
 * subflow was not used.
 */
#ifndef CHECK_AVAILABILITY_H
#define CHECK_AVAILABILITY_H

#include "check/context.h"

struct availability {
	uint32_t opening; /* packet from which on the sender can use it */
	/* The first FIN or RST after which no data was sent on it; or NULL. */
	const struct event *closing;
	uint32_t wish; /* packet that made it a backup; LEDGER_NO_PACKET */
	uint64_t all;  /* bytes that were sent */
	/*
	 * Parts of these: before the subflow was open, while it was open but a
	 * backup, and after it was closed.  Elsewhere than at the sender, data
	 * captured before a packet that arrives there had been sent before
	 * that arrived, so the true value of "before" can only be larger, and
	 * that of "after" smaller.
	 */
	uint64_t before, backup, after;
};

void availability_find(const struct check_context *c, enum direction d,
		       size_t subflow, struct availability *out);

#endif
