/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vantage.h - at which end of a connection a capture was taken.
 *
 * What a sender did, and its round trip times, can be told at the sender's end
 * only, what a receiver saw at the receiver's.  The near end answers soon, the
 * far one not before a round trip.
 */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include <stdbool.h>

#include "model/tcpsummary.h"

enum vantage {
	VANTAGE_UNKNOWN, /* not seen, or both ends on one machine */
	VANTAGE_CLIENT,	 /* "client" */
	VANTAGE_SERVER,	 /* "server" */
	VANTAGE_MIDDLE	 /* "middle": far from both */
};

/* NULL for VANTAGE_UNKNOWN. */
const char *vantage_name(enum vantage vantage);

/*
 * From the fastest answer of each end, on any subflow, in handshakes and to
 * data.  An end is near when its answer takes less than a tenth of both; below
 * 200 us together, or without an answer of an end, nobody can tell.
 * "tcp" are the subflows' numbers, as in connection.subflows.
 */
enum vantage vantage_find(const struct connection *conn,
			  const struct tcp_summary *tcp);

/* The same where the subflows' numbers are not at hand. */
enum vantage vantage_of(const struct trace *trace,
			const struct connection *conn);

/* Of a TCP stream alone, by TCP roles. */
enum vantage vantage_of_stream(const struct tcp_summary *tcp);

/* The end that sends, and that receives, what goes in a direction. */
bool vantage_is_sender(enum vantage vantage, enum direction d);
bool vantage_is_receiver(enum vantage vantage, enum direction d);

#endif
