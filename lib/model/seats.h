/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seats.h - for vantage.h: what a capture shows about each address on each of
 * its interfaces, over all TCP streams.
 *
 * The position of an interface is the same for all connections, so a host that
 * is near in one connection is near in all.
 */
#ifndef MODEL_SEATS_H
#define MODEL_SEATS_H

#include "model/trace.h"

/* An address on an interface. */
struct seat {
	int interface; /* index; -1: unknown */
	struct address address;
	bool has_answer;
	int64_t answer; /* ns: the fastest of its answers, see rtt.h */
	uint8_t ttl;	/* of its packets in one stream; 0: none */
	uint64_t fresh; /* streams in which the TTL is an initial value, ... */
	uint64_t travelled;  /* ... and in which it is lower */
	uint32_t largest;    /* payload of a packet that is larger than ... */
	uint32_t largest_of; /* ... this MSS of its receiver; 0: none */
};

struct seats {
	struct seat *items;
	size_t n;
	uint32_t (*of)[2]; /* by stream: seats of TCP client and server */
};

/* Gather them for a trace whose streams are known.  Free with seats_free(). */
struct seats *seats_make(const struct trace *trace);
void seats_free(struct seats *seats);

/* Whether all of its packets passed a router; or none did. */
bool seat_is_travelled(const struct seat *seat);
bool seat_is_fresh(const struct seat *seat);

/* Combine what is known of two seats of one host. */
void seat_add(struct seat *to, const struct seat *from);

#endif
