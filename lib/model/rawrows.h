/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rawrows.h - the rows of a capture, kept to the last bit.
 *
 * A packet table is in order of time and leaves out what the model does not
 * need.  This keeps beside it what is missing, so that each row can be made
 * again, in the order of the file.
 *
 *	struct trace trace;
 *	struct rawrows raw;
 *	if (rawrows_load(&raw, &trace, &input, path, &err) < 0) ...
 *	for (size_t k = 0; k < trace.packets.n; k++)
 *		rawrows_get(&raw, &trace, k, &row);
 *	rawrows_release(&raw);
 *	trace_release(&trace);
 *
 * Costs 11 bytes per packet, 15 where the file is not in order of time.
 */
#ifndef MODEL_RAWROWS_H
#define MODEL_RAWROWS_H

#include "model/trace.h"

struct rawrows {
	/* By place in the file; all owned. */
	uint32_t *stream; /* Wireshark's number, also where it split one */
	uint32_t *at;	  /* packet in trace.packets; NULL: the same place */
	uint32_t *present;
	uint8_t *hdr_len;
	size_t n, cap;
};

/* trace_load(), and fill "raw"; nothing is to be released after failure. */
int rawrows_load(struct rawrows *raw, struct trace *trace, struct input *input,
		 const char *path, struct error *err)
	__attribute__((warn_unused_result));

/*
 * trace_load_rows(), and fill "raw"; that is to be released unless it returns
 * 1.  "Place in the file" is then one among the rows that were read.
 */
int rawrows_load_some(struct rawrows *raw, struct trace *trace,
		      struct input *input, const uint32_t *streams, size_t n,
		      struct error *err) __attribute__((warn_unused_result));

/* The packet in trace->packets that is at place k of the file. */
size_t rawrows_packet(const struct rawrows *raw, size_t k);

/* The row at place k of the file. */
void rawrows_get(const struct rawrows *raw, const struct trace *trace, size_t k,
		 struct row *out);

void rawrows_release(struct rawrows *raw);

#endif
