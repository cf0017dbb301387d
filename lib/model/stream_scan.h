/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream_scan.h - what the packets of a TCP stream say of it.
 *
 * For streams.h: handshake, keys, payload, mappings, how each side ended.
 */
#ifndef MODEL_STREAM_SCAN_H
#define MODEL_STREAM_SCAN_H

#include "model/trace.h"

/*
 * Mark keep-alive probes, and set apart what was captured more than once, and
 * the copies that the network made, of a stream whose packets are in
 * trace->order: also where its numbers are known already.
 */
void stream_set_apart(struct trace *trace, struct stream *stream);

/* The same, and fill in all that the packets tell. */
void stream_scan(struct trace *trace, struct stream *stream);

#endif
