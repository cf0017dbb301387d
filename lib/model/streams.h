/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * streams.h - build TCP streams from packets.
 *
 * A stream is Wireshark's tcp.stream, with two exceptions.  Wireshark 4.4 and
 * later splits streams at a repeated SYN: streams with the same addresses,
 * ports and client's initial sequence number are one, under the first of their
 * numbers.  And a stream that a router captured with the addresses before and
 * after NAT is one, under the name it has on the client's side (renamed.h).
 */
#ifndef MODEL_STREAMS_H
#define MODEL_STREAMS_H

#include <stdbool.h>

#include "model/trace.h"

/*
 * Fill trace->streams and trace->order from trace->packets, which must be
 * sorted.  Renumbers packets.stream to indices of trace->streams and sets
 * PACKET_REVERSE by TCP role.
 */
void streams_build(struct trace *trace);

/*
 * The same for streams whose results are known already, with packets of some
 * of them in the table.  Other streams are unchanged and have no packets in
 * trace->order.  -1: the packets do not fit the streams.
 */
int streams_attach(struct trace *trace) __attribute__((warn_unused_result));

/* Free what the streams own. */
void streams_release(struct stream *streams, size_t n);

/*
 * The window scale shift (RFC 7323) of a side, by TCP role; -1 if the SYNs
 * were not captured.
 */
int stream_window_shift(const struct stream *s, enum direction d);

/* Whether two streams have the same addresses and ports, in either order. */
bool streams_same_tuple(const struct stream *a, const struct stream *b);

/*
 * For two such streams: whether the client of one is the server of the other.
 */
bool streams_turned(const struct stream *a, const struct stream *b);

/* Hashes of an address and port, and of both ends; equal for such streams. */
uint64_t streams_end_hash(const struct endpoint *end);
uint64_t streams_tuple_hash(const struct stream *s);

#endif
