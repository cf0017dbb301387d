/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seats.h - for vantage.h: what a capture shows of each address on each of its
 * interfaces, over all TCP streams.
 *
 * Where an interface is does not change from one connection to the next, so a
 * host that is near in one is near in all.
 */
#ifndef MODEL_SEATS_H
#define MODEL_SEATS_H

#include "model/trace.h"

/* An address on an interface. */
struct seat {
	int interface; /* index, -1: not known */
	struct address address;
	bool has_answer;
	int64_t answer;	     /* ns: the fastest of its answers, see rtt.h */
	uint8_t ttl;	     /* of its packets in one of the streams; 0: none */
	uint64_t fresh;	     /* streams in which that is as hosts set it, */
	uint64_t travelled;  /* and in which it is less */
	uint32_t largest;    /* payload of one packet, where it is more than */
	uint32_t largest_of; /* this MSS of who gets it; 0: nowhere */
};

struct seats {
	struct seat *items;
	size_t n;
	uint32_t (*of)[2]; /* by stream: the TCP client's, the server's */
};

/* Those of a trace whose streams are known; to be freed by seats_free(). */
struct seats *seats_make(const struct trace *trace);
void seats_free(struct seats *seats);

/* Hosts begin with 64, 128 or 255; each router takes one away. */
bool seats_is_fresh_ttl(uint8_t ttl);

/* All the packets have been through a router; or none of them. */
bool seat_is_travelled(const struct seat *seat);
bool seat_is_fresh(const struct seat *seat);

/* What is known of two of them, of one host. */
void seat_add(struct seat *to, const struct seat *from);

#endif
