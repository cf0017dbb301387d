/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * whole.h - determine whether a capture contains everything that was sent in a
 * direction, and so what holes in the data mean.
 *
 * TCP sends its bytes in order.  So if the SYN of a subflow was captured, no
 * byte is missing up to the last one, and nothing beyond that was
 * acknowledged, the capture has everything that the subflow carried.  If this
 * holds for all subflows, captured at their sender, all payload is mapped, and
 * no DATA_ACK covers a hole, then data missing in the capture was never sent:
 * the sender gave up before.
 */
#ifndef MODEL_WHOLE_H
#define MODEL_WHOLE_H

#include <stdbool.h>

#include "model/coverage.h"
#include "model/ledger.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"

/* Whether one TCP direction of a stream is complete. */
bool whole_stream(const struct trace *trace, const struct tcp_summary *tcp,
		  enum direction d);

enum holes {
	HOLES_UNKNOWN,	   /* unknown at which end the capture was taken */
	HOLES_NOT_SENT,	   /* "not_sent" */
	HOLES_NOT_CAPTURED /* "not_captured": lost on the path, not sent, or
			      missing in the capture */
};

/* NULL for HOLES_UNKNOWN. */
const char *holes_name(enum holes holes);

/*
 * Judge one direction of a connection; "coverage" is that of its data, "tcp"
 * are the results for its subflows.
 */
enum holes holes_judge(const struct trace *trace, const struct connection *conn,
		       const struct tcp_summary *tcp,
		       const struct ledger *ledger, enum direction d,
		       const struct coverage *coverage, enum vantage vantage);

#endif
