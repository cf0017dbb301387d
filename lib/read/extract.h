/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract.h - copy chosen packets of a capture to a new capture file, with or
 * without adding comments.
 *
 * Whatever the file contains besides packets is copied, too: interfaces,
 * comments, names, time stamps with their full resolution.  The format stays
 * the same, except that gzip is unpacked, and that other formats than pcap and
 * pcapng, and files with parts that walk.h does not know, become pcapng
 * (written by tshark).  With comments the result is always pcapng
 * (annotated.h).
 *
 * Where the places of the packets in the file are known, other packets of a
 * pcap file are not read, and packets of a pcapng file that follow each other
 * are copied together.
 */
#ifndef READ_EXTRACT_H
#define READ_EXTRACT_H

#include <stdbool.h>

#include "os/outfile.h"
#include "pcap/comments.h"
#include "read/frames.h"
#include "read/input.h"
#include "read/source.h"

struct extract_job {
	const struct source *source; /* the capture, which was read before */
	const struct frames *frames; /* the packets to copy */
	bool was_walked;	     /* the native reader read it to its end */
	/* In order of packet number in "out"; NULL: no comments are added. */
	const struct comments *comments;
	struct outfile *out;
};

/*
 * Write the packets, at least one, to job->out.  Returns -1 and EXIT_INPUT
 * when the capture no longer has all of them, or has changed (other than
 * having grown); or EXIT_SYSTEM or EXIT_TSHARK.  If the capture is damaged,
 * packets beyond that place are not found.
 */
int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err) __attribute__((warn_unused_result));

#endif
