/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comments.h - a list of comments on packets of a capture.
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
	COMMENT_MAX = 65532 /* longest option value in pcapng, bytes */
};

struct comment {
	uint32_t frame; /* number of the packet, from 1 */
	uint32_t order; /* position of insertion */
	char *text;	/* printable ASCII; owned */
};

struct comments {
	struct comment *items; /* owned */
	size_t n, cap;
};

/* Add a comment to a packet; the text is copied and made printable ASCII. */
void comments_add(struct comments *c, uint32_t frame, const char *text);

/* Sort by packet; comments of a packet stay in order of insertion. */
void comments_sort(struct comments *c);

/* The comments of a packet in a sorted list; *n is their number. */
const struct comment *comments_find(const struct comments *c, uint32_t frame,
				    size_t *n);

void comments_release(struct comments *c);

#endif
