/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract.h - packets out of a capture into another, by editcap or tshark.
 *
 * editcap takes packets by their numbers, and is quick; but no more than 512
 * ranges of them.  Where there are more, tshark takes them by a display filter,
 * at about the speed of reading the capture.  What either wrote is counted.
 * Both keep interfaces, comments and time stamps.  No shell is involved.
 *
 * The caller owns everything.
 */
#ifndef READ_EXTRACT_H
#define READ_EXTRACT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "read/input.h"

struct extract_job {
	const char *path;   /* the capture, or "-" */
	off_t start;	    /* "-": where it begins in the standard input, which
			       is a regular file */
	const char *out;    /* the file to write; replaced */
	const uint8_t *has; /* by frame number less 1: is it wanted */
	uint64_t n;	    /* numbers in it */
	const char *filter; /* display filter that shows the same packets */
	bool complete;	    /* the capture is whole */
};

/* Write out the packets, of which there is at least one. */
int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err) __attribute__((warn_unused_result));

/* "(tcp.stream) and ...": what a TCP packet has that is a row. */
void extract_put_filter(struct strbuf *out);

#endif
