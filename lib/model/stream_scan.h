/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream_scan.h - for streams.h: extract from the packets of a TCP stream its
 * handshake, keys, payload counts, mappings and end.
 */
#ifndef MODEL_STREAM_SCAN_H
#define MODEL_STREAM_SCAN_H

#include "model/trace.h"

/*
 * Mark keep-alive probes, and set apart copies (copies.h) and duplicates
 * (duplicate.h) of a stream whose packets are in trace->order.  Also needed if
 * the stream's results are known already.
 */
void stream_set_apart(struct trace *trace, struct stream *stream);

/* The same, and fill in everything that the packets show. */
void stream_scan(struct trace *trace, struct stream *stream);

#endif
