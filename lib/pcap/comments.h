/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comments.h - what is to be said of the packets of a capture, packet by
 * packet.
 *
 *	struct comments c = { .n = 0 };
 *	comments_add(&c, 12, "MP_JOIN, SYN: id 2");
 *	comments_sort(&c);
 *	list = comments_find(&c, 12, &n);	// list[0].text
 *	comments_release(&c);
 */
#ifndef PCAP_COMMENTS_H
#define PCAP_COMMENTS_H

#include <stddef.h>
#include <stdint.h>

enum {
	COMMENT_MAX = 65532 /* bytes that fit into an option of a pcapng */
};

struct comment {
	uint32_t frame; /* number of the packet, from 1 */
	uint32_t order; /* among all */
	char *text;	/* printable ASCII; owned */
};

struct comments {
	struct comment *items; /* owned */
	size_t n, cap;
};

/* One more of that packet; the text is copied, and made fit to be shown. */
void comments_add(struct comments *c, uint32_t frame, const char *text);

/* By packet, in the order in which they were added. */
void comments_sort(struct comments *c);

/* Those of a packet, of comments in order: the first of *n; or 0 of them. */
const struct comment *comments_find(const struct comments *c, uint32_t frame,
				    size_t *n);

void comments_release(struct comments *c);

#endif
