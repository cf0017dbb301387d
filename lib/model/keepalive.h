/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keepalive.h - recognise keep-alive probes, whose payload byte is not data.
 *
 * RFC 1122 4.2.3.6: a keep-alive probe may have one octet of garbage at the
 * sequence number before the next one, which was acknowledged already.  It has
 * no mapping, and no PSH as it is not a retransmission.
 */
#ifndef MODEL_KEEPALIVE_H
#define MODEL_KEEPALIVE_H

#include "model/trace.h"

/*
 * Mark the probes of a stream (PACKET_KEEP_ALIVE) and set their payload length
 * to 0.  The stream's packets must be in trace->order.
 */
void keepalive_mark(struct trace *trace, const struct stream *stream);

#endif
