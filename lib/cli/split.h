/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split.h - which packets of a capture go into a file of their own.
 *
 *	struct split split;
 *	split_init(&split, &trace, streams, others);
 *	... split.has ...
 *	split_release(&split);
 */
#ifndef CLI_SPLIT_H
#define CLI_SPLIT_H

#include <stdbool.h>

#include "model/trace.h"

struct split {
	uint8_t *has;	  /* by frame number less 1; owned */
	uint64_t n;	  /* frames of the capture */
	uint64_t packets; /* that are wanted */
};

/*
 * The packets of the TCP streams that are marked in "streams" (one byte for
 * each stream of the trace), and with "others" all that are no TCP packets, or
 * none that makes sense.
 */
void split_init(struct split *s, const struct trace *trace,
		const uint8_t *streams, bool others);
void split_release(struct split *s);

/* "OUT" with the number in place of its one "%d"; to be freed by the caller. */
char *split_name(const char *pattern, uint32_t number);

/* Has it exactly one? */
bool split_is_pattern(const char *pattern);

#endif
