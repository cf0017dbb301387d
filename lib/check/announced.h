/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * announced.h - the last address that a host announced (ADD_ADDR, RFC 8684
 * 3.4.1), and what became of the announcement.
 *
 * With captures of both ends it also tells whether the ADD_ADDR arrived and
 * whether an echo was sent, and finds an ADD_ADDR that only the other capture
 * contains.
 *
 * The structs own nothing; their pointers point into the context.
 */
#ifndef CHECK_ANNOUNCED_H
#define CHECK_ANNOUNCED_H

#include <stdbool.h>

#include "check/context.h"

/* What both captures show of an announcement; all 0 with one capture. */
struct announced_passage {
	uint32_t lost;	   /* packets with it that did not arrive */
	uint32_t stripped; /* packets that arrived without the option */
	uint32_t arrived;  /* packets that arrived with it */
	uint32_t frame;	   /* of the first one, in the other capture; 0: none */
	bool echoed;	   /* the other capture contains an echo */
};

struct announced {
	const struct signal *signal; /* NULL: only the other capture has it */
	const struct signal *echo;   /* or NULL */
	const struct signal *other_echo; /* for another address; or NULL */
	const struct signal *removal;	 /* REMOVE_ADDR for it; or NULL */
	int from;			 /* 0 client, 1 server */
	struct mptcp_option option;
	struct announced_passage passage;
};

/*
 * The last announcement that was not withdrawn, or the last one if all were;
 * if this capture has none, one that only the other capture has and that was
 * lost.  Returns 1, or 0 when there is none.
 */
int announced_last(const struct check_context *c, struct announced *out);

/*
 * Follow an option that a host (0 client, 1 server) announced to the other
 * capture.
 */
void announced_follow(const struct check_context *c, int from,
		      const struct mptcp_option *option,
		      struct announced_passage *out);

/* Whether it was lost or stripped from every packet that carried it. */
bool announced_is_lost(const struct announced_passage *passage);

#endif
