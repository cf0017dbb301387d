/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fragments.h - captures that look as if they were parts of one: of a rotated
 * file, or of another interface each.
 *
 *	struct fragments f = { .n = 0 };
 *	fragments_add(&f, &trace);		// each capture
 *	char *text = fragments_describe(&f);	// NULL: they do not
 *	fragments_release(&f);
 *
 * Two captures are such when subflows of one connection, by its token, are in
 * both, but none is in both of them; or when one goes on with a subflow where
 * the other one ended: later, without a SYN, and with higher DATA_ACKs.  What
 * both ends captured is not: that has the same subflows at the same DATA_ACKs.
 */
#ifndef PAIR_FRAGMENTS_H
#define PAIR_FRAGMENTS_H

#include "base/strlist.h"
#include "model/trace.h"

struct fragment;
struct fragment_stream;

struct fragments {
	struct strlist paths; /* of the captures */
	/* Private: what connections, and subflows, are known by. */
	struct fragment *items;
	size_t n, cap;
	struct fragment_stream *streams;
	size_t n_streams, cap_streams;
};

/* The packets of the trace need not be there. */
void fragments_add(struct fragments *f, const struct trace *trace);

/* One sentence for people, to be freed by the caller, or NULL. */
char *fragments_describe(struct fragments *f);

void fragments_release(struct fragments *f);

#endif
