/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * announced.h - an address that a host announced (ADD_ADDR, RFC 8684 3.4.1),
 * and what became of it.
 *
 * With the captures of both ends: did the ADD_ADDR arrive, and did the echo
 * leave?  One that only the other capture has is found, too.
 *
 * Plain data, which points into the context.
 */
#ifndef CHECK_ANNOUNCED_H
#define CHECK_ANNOUNCED_H

#include <stdbool.h>

#include "check/context.h"

/* What both captures tell of an announcement; all 0 with one capture. */
struct announced_passage {
	uint32_t lost;	   /* packets with it that did not arrive */
	uint32_t stripped; /* that arrived without the option */
	uint32_t arrived;  /* that arrived with it */
	uint32_t frame;	   /* of the first, in the other capture; 0: none */
	bool echoed;	   /* the other capture has the echo */
};

struct announced {
	const struct signal *signal;	 /* NULL: only in the other capture */
	const struct signal *echo;	 /* or NULL */
	const struct signal *other_echo; /* of another address; or NULL */
	const struct signal *removal;	 /* or NULL */
	int from;			 /* 0 client, 1 server */
	struct mptcp_option option;
	struct announced_passage passage;
};

/*
 * The last one, of those that were not taken back if there are any; where this
 * capture has none, of the other: 1; 0: nobody announced anything.
 */
int announced_last(const struct check_context *c, struct announced *out);

/* What became of an option that a host (0 client, 1 server) announced. */
void announced_follow(const struct check_context *c, int from,
		      const struct mptcp_option *option,
		      struct announced_passage *out);

/* Did none of the packets with it arrive with the option? */
bool announced_is_lost(const struct announced_passage *passage);

#endif
