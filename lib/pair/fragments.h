/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fragments.h - recognise captures that are parts of one capture: of a rotated
 * file, or of one interface each.  Used to suggest -m.
 *
 *	struct fragments f = { .n = 0 };
 *	fragments_add(&f, &trace);		// each capture
 *	char *text = fragments_describe(&f);  // NULL: they are not
 *	fragments_release(&f);
 *
 * Two captures are parts of one if they contain different subflows of the same
 * connection (by token), and none in common; or if one continues a subflow of
 * the other: later, without a SYN, and with higher DATA_ACKs.  Captures of
 * both ends are different: they contain the same subflows at the same
 * DATA_ACKs, and the first handshake of each connection twice.
 */
#ifndef PAIR_FRAGMENTS_H
#define PAIR_FRAGMENTS_H

#include "base/strlist.h"
#include "model/trace.h"

struct fragment;
struct fragment_stream;

struct fragments {
	struct strlist paths; /* of the captures */
	/* Private: what identifies connections and subflows. */
	struct fragment *items;
	size_t n, cap;
	struct fragment_stream *streams;
	size_t n_streams, cap_streams;
};

/* Add a capture; the packets of the trace are not needed. */
void fragments_add(struct fragments *f, const struct trace *trace);

/* A sentence for people, which the caller frees, or NULL. */
char *fragments_describe(struct fragments *f);

/*
 * The same about captures that have the same connection completely: of both
 * ends, of the same end, or copies.  Call it before fragments_describe().
 */
char *fragments_describe_whole(struct fragments *f);

void fragments_release(struct fragments *f);

#endif
