/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vantage.h - at which end of a connection a capture was taken.
 *
 * What a sender did can be told at the sender's end only, what a receiver saw
 * at the receiver's.  The handshake tells where the capture was taken: the
 * near end answers at once, the far one after a round trip.
 */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include "model/trace.h"

enum vantage {
	VANTAGE_UNKNOWN, /* no whole handshake, or both ends on one machine */
	VANTAGE_CLIENT,	 /* "client" */
	VANTAGE_SERVER,	 /* "server" */
	VANTAGE_MIDDLE	 /* "middle": far from both */
};

/* NULL for VANTAGE_UNKNOWN. */
const char *vantage_name(enum vantage vantage);

/*
 * From the handshakes of all subflows; the one that took longest decides.  An
 * end is near when its part of that time is below a tenth.  Handshakes below
 * 200 us in all say nothing.
 */
enum vantage vantage_find(const struct trace *trace,
			  const struct connection *conn);

/* The end that sends, and that receives, what goes in a direction. */
int vantage_is_sender(enum vantage vantage, enum direction d);
int vantage_is_receiver(enum vantage vantage, enum direction d);

#endif
