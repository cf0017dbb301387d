/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract.h - packets out of a capture into another, as they are, or with
 * comments.
 *
 * Whatever is in the file besides packets is copied, too: interfaces, comments,
 * names, time stamps to the last digit.  The format stays the same, but for
 * gzip, which is unpacked; what is neither pcap nor pcapng, or has something in
 * it that walk.h does not know, becomes pcapng, by tshark.
 *
 * Where the places of the packets are known no more of the capture is read than
 * is copied (pcap), or packets that follow each other are copied together
 * (pcapng, which may have other things between them).
 *
 * With comments it becomes a pcapng in any case (annotated.h).
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
	const struct frames *frames; /* of it, that are wanted */
	bool was_walked; /* it was read natively, and that to its end */
	const struct comments *comments; /* in order, by the numbers that
					    packets have in "out"; NULL: they
					    stay as they are */
	struct outfile *out;
};

/*
 * Write out the packets, of which there is at least one.  -1, and EXIT_INPUT
 * when the capture does not have all of them (any more) or has changed, but for
 * what was added to it, else EXIT_SYSTEM or EXIT_TSHARK.  What is beyond the
 * place where a capture is damaged is in none.
 */
int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err) __attribute__((warn_unused_result));

#endif
