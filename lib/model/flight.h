/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flight.h - the data in flight of one direction of a TCP stream: sent but not
 * acknowledged by TCP; and how long nothing more of it was acknowledged.
 *
 * Updated packet by packet, in order of time:
 *
 *	struct flight f = { .has_sent = false };
 *	flight_start(&f, isn);				// if it is known
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
	FLIGHT_STALL = 1000000000, /* ns: minimum silence of a stall, ... */
	FLIGHT_RTTS = 3 /* ... which also lasts this many round-trip times */
};

struct flight {
	struct unwrap sent;
	bool has_sent, has_ack;
	bool dead;     /* after a RST: nothing more is expected */
	bool answered; /* an acknowledgment was captured; before that it is
			  unknown what is outstanding */
	int64_t high;  /* end of what was sent */
	int64_t ack;   /* everything below is acknowledged */
	bool silent;   /* data is outstanding, and nothing more of it was
			  acknowledged since ... */
	int64_t since;
	uint32_t since_packet;
};

/* A period without progress that has ended. */
struct silence {
	int64_t from, to; /* ns since 1970 */
	uint32_t since;	  /* the packet at "from" */
	uint64_t bytes;	  /* outstanding at that time */
};

/*
 * How long a flight may be silent without being stalled, in ns: max(3
 * round-trip times, 1 s).  "rtt" is from rtt_typical().
 */
int64_t flight_patience(int64_t rtt);

/* Set the ISN, so that positions are relative to it. */
void flight_start(struct flight *f, uint32_t isn);

/* Whether data is outstanding. */
static inline bool flight_is_up(const struct flight *f)
{
	return f->has_sent && f->high > f->ack;
}

/*
 * For packet i of the other side: whether it acknowledges, and up to which
 * position.
 */
bool flight_reads_ack(struct flight *f, const struct packets *p, uint32_t i,
		      int64_t *ack);

/*
 * Process an acknowledgment; returns whether it acknowledges more than before.
 * "ended" is the silence that it ended; none if its "to" is not later than
 * "from".
 */
bool flight_raise(struct flight *f, const struct packets *p, uint32_t i,
		  int64_t ack, struct silence *ended);

/*
 * Process packet i, which has payload; returns the position of its first byte.
 */
int64_t flight_send(struct flight *f, const struct packets *p, uint32_t i);

/* The flight ends with a RST or with the capture; "ended" as above. */
void flight_end(struct flight *f, int64_t time, struct silence *ended);

#endif
