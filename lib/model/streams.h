/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * streams.h - from packets to TCP streams.
 *
 * A stream is Wireshark's tcp.stream, except where Wireshark (4.4 and later)
 * splits one on a repeated SYN: streams of the same addresses and ports with
 * the same initial sequence number of the client are one, under the first of
 * their numbers; and what a router sees twice, with the addresses before and
 * behind it (masquerading), is one under the name that it has at the client
 * (renamed.h).
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
 * The same for streams that are known already, with their results, and packets
 * of some of them.  The other streams are left as they are; they have none in
 * trace->order.
 * -1: the packets are not those of the streams.
 */
int streams_attach(struct trace *trace) __attribute__((warn_unused_result));

/* Free what the streams own. */
void streams_release(struct stream *streams, size_t n);

/*
 * How far the windows that a side (TCP role) announces are shifted, RFC 7323;
 * -1 when the SYNs that say so were not captured.
 */
int stream_window_shift(const struct stream *s, enum direction d);

/* Do two streams have the same addresses and ports (either way round)? */
bool streams_same_tuple(const struct stream *a, const struct stream *b);

/* Two such streams: is the client of the one the server of the other? */
bool streams_turned(const struct stream *a, const struct stream *b);

/* Of an address and port, and of those of both ends: equal for such streams. */
uint64_t streams_end_hash(const struct endpoint *end);
uint64_t streams_tuple_hash(const struct stream *s);

#endif
