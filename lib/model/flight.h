/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flight.h - what one direction of a TCP stream has under way: sent, and not
 * acknowledged by TCP; and for how long nothing more of it is acknowledged.
 *
 * Packet by packet, in order of time:
 *
 *	struct flight f = { .has_sent = false };
 *	flight_start(&f, isn);				// where it is known
 *	if (flight_reads_ack(&f, p, i, &ack))		// of the other side
 *		flight_raise(&f, p, i, ack, &silence);
 *	flight_send(&f, p, i);				// with payload
 *
 * Positions are relative to the ISN, or to the first number that was seen.
 */
#ifndef MODEL_FLIGHT_H
#define MODEL_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packets.h"
#include "model/unwrap.h"

enum {
	FLIGHT_STALL = 1000000000, /* ns: a shorter silence is no stall, */
	FLIGHT_RTTS = 3		   /* nor is one of less round trip times */
};

struct flight {
	struct unwrap sent;
	bool has_sent, has_ack;
	bool dead;     /* reset: nothing is expected any more */
	bool answered; /* an acknowledgment was captured: else nobody knows what
			  is outstanding */
	int64_t high;  /* end of what was sent */
	int64_t ack;   /* everything below is acknowledged */
	bool silent;   /* something is outstanding, and nothing more of it
			  acknowledged, since ... */
	int64_t since;
	uint32_t since_packet;
};

/* Time without progress, which has ended. */
struct silence {
	int64_t from, to; /* ns since 1970 */
	uint32_t since;	  /* the packet at "from" */
	uint64_t bytes;	  /* that were outstanding */
};

/* How long a flight may be silent, max(3 round trip times, 1 s), in ns; of
   rtt_typical(). */
int64_t flight_patience(int64_t rtt);

void flight_start(struct flight *f, uint32_t isn);

/* Is anything under way? */
static inline bool flight_is_up(const struct flight *f)
{
	return f->has_sent && f->high > f->ack;
}

/* Packet i of the other side: the position that it acknowledges, if it does. */
bool flight_reads_ack(struct flight *f, const struct packets *p, uint32_t i,
		      int64_t *ack);

/* Does that acknowledge more than was so far?  "ended" says what silence it
   ended: none, when its "to" is not behind its "from". */
bool flight_raise(struct flight *f, const struct packets *p, uint32_t i,
		  int64_t ack, struct silence *ended);

/* Packet i has payload; the position of its first byte. */
int64_t flight_send(struct flight *f, const struct packets *p, uint32_t i);

/* A RST ends it, or the capture does: "ended" as above. */
void flight_end(struct flight *f, int64_t time, struct silence *ended);

#endif
