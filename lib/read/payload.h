/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payload.h - the payload of the TCP packets of a capture, as far as it was
 * captured.
 *
 * Rows (row.h) have none, and few questions need it.  That of odd packets
 * (packet.h) comes from tshark.  Nothing is cached.
 */
#ifndef READ_PAYLOAD_H
#define READ_PAYLOAD_H

#include "read/source.h"

struct payload_row {
	uint32_t frame;
	uint32_t len;	      /* payload bytes, by the IP length */
	const uint8_t *bytes; /* those that were captured, from the first on */
	size_t n;
	const uint8_t *options; /* raw TCP options, whole with every version */
	size_t n_options;
};

enum payload_next {
	PAYLOAD_GO_ON = 0,
	PAYLOAD_STOP = 1 /* what comes is of no interest */
};

/* Given each packet with payload, in the order of the file, but for the odd
   ones, which come last; the row lives for the call. */
typedef enum payload_next payload_fn(void *ctx, const struct payload_row *row);

/*
 * Read the payload of a source that was read before.  -1, and EXIT_INPUT,
 * EXIT_TSHARK or EXIT_SYSTEM as a reader has it.
 */
int payload_read(struct input *in, const struct source *source, payload_fn *fn,
		 void *ctx, struct error *err)
	__attribute__((warn_unused_result));

#endif
