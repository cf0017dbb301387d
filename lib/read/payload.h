/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payload.h - read the payload bytes of the TCP packets of a capture, as far
 * as they were captured.
 *
 * Rows (row.h) do not contain payload, which few questions need: checksums of
 * DSS options and unique bytes.  Payload of odd packets (packet.h) is read by
 * tshark.  Nothing is cached.
 */
#ifndef READ_PAYLOAD_H
#define READ_PAYLOAD_H

#include "read/source.h"

struct payload_row {
	uint32_t frame;
	uint32_t len;	      /* payload bytes, according to the IP length */
	const uint8_t *bytes; /* the first n of these; captured */
	size_t n;
	const uint8_t *options; /* raw TCP options, never truncated by tshark */
	size_t n_options;
};

enum payload_next {
	PAYLOAD_GO_ON = 0,
	PAYLOAD_STOP = 1 /* no more packets are needed */
};

/*
 * Called for each packet with payload in the order of the file, except that
 * odd packets come last.  The row is valid during the call.
 */
typedef enum payload_next payload_fn(void *ctx, const struct payload_row *row);

/*
 * Read the payload of a source that was read before.  Returns -1 and
 * EXIT_INPUT, EXIT_TSHARK or EXIT_SYSTEM, as with readers (reader.h).
 */
int payload_read(struct input *in, const struct source *source, payload_fn *fn,
		 void *ctx, struct error *err)
	__attribute__((warn_unused_result));

#endif
