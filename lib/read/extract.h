/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract.h - packets out of a capture into another, as they are.
 *
 * Whatever is in the file besides packets is copied, too: interfaces, comments,
 * names, time stamps to the last digit.  The format stays the same, but for
 * gzip, which is unpacked; what is neither pcap nor pcapng, or has something in
 * it that walk.h does not know, becomes pcapng, by tshark.
 */
#ifndef READ_EXTRACT_H
#define READ_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "os/outfile.h"
#include "read/input.h"
#include "read/source.h"

struct extract_job {
	const struct source *source; /* the capture, which was read before */
	const uint8_t *has; /* by number of the packet less 1: is it wanted */
	uint64_t n;	    /* numbers in it */
	bool was_walked;    /* it was read natively, and that to its end */
	struct outfile *out;
};

/*
 * Write out the packets, of which there is at least one.  -1, and EXIT_INPUT
 * when the capture does not have all of them (any more), else EXIT_SYSTEM or
 * EXIT_TSHARK.  What is beyond the place where a capture is damaged is in none.
 */
int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err) __attribute__((warn_unused_result));

#endif
