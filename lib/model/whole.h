/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * whole.h - does a capture show all that was sent in a direction, and what are
 * the holes in the data then?
 *
 * TCP sends its bytes one behind the other.  So where the SYN of a subflow was
 * captured, no byte is missing up to the last one, and nothing beyond that was
 * acknowledged, the capture has all that the subflow carried.  When that holds
 * of all subflows at their sender's end, all payload is mapped, and no DATA_ACK
 * covers a hole, then what is missing in the data was not sent at all: its
 * sender gave up before.
 */
#ifndef MODEL_WHOLE_H
#define MODEL_WHOLE_H

#include <stdbool.h>

#include "model/coverage.h"
#include "model/ledger.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"

/* One TCP direction of a stream. */
bool whole_stream(const struct trace *trace, const struct tcp_summary *tcp,
		  enum direction d);

enum holes {
	HOLES_UNKNOWN,	   /* not known at which end it was captured */
	HOLES_NOT_SENT,	   /* "not_sent" */
	HOLES_NOT_CAPTURED /* "not_captured": lost on the way, or not sent, or
			      the capture has not all */
};

/* NULL for HOLES_UNKNOWN. */
const char *holes_name(enum holes holes);

/*
 * Of one direction of a connection: "coverage" is that of its data, "tcp" are
 * the numbers of its subflows.
 */
enum holes holes_judge(const struct trace *trace, const struct connection *conn,
		       const struct tcp_summary *tcp,
		       const struct ledger *ledger, enum direction d,
		       const struct coverage *coverage, enum vantage vantage);

#endif
