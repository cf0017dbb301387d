/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payload_facts.h - what rules need to know about payload: checksums, and
 * whether repeated data is the same.
 *
 * Keeps the sum of each packet's bytes, and the bytes themselves only of
 * packets that contain repeated data.
 *
 *	struct payload_facts facts;
 *	payload_facts_init(&facts);
 *	if (payload_facts_gather(&facts, &session, &err) < 0) ...
 *	... payload_facts_sum(&facts, frame, 0, len, &sum) ...
 *	payload_facts_release(&facts);
 *
 * Packets are identified by frame number, so the trace need not have all
 * packets at the same time.  Memory: 16 bytes per packet, and the bytes that
 * are kept.
 */
#ifndef CHECK_PAYLOAD_FACTS_H
#define CHECK_PAYLOAD_FACTS_H

#include "load/session.h"
#include "model/ledger.h"

struct fact;
struct kept_payload;

struct payload_facts {
	struct fact *facts; /* of packets with payload, by frame */
	size_t n, cap;
	size_t wanted; /* packets whose bytes are wanted */
	struct kept_payload *kept; /* by frame */
	size_t n_kept, cap_kept;
	/* packets found; of these, captured completely */
	size_t with_payload, whole;
	char *reason; /* why nothing is known; NULL: something is; owned */
};

void payload_facts_init(struct payload_facts *facts);
void payload_facts_release(struct payload_facts *facts);

/*
 * Read the payload of connections that use checksums or have repeated bytes;
 * if there are none, nothing is read.  Gives up early when only headers were
 * captured; "reason" then says so, as after failures of reading payload, which
 * are no error.  -1: packets themselves cannot be read.
 */
int payload_facts_gather(struct payload_facts *facts, struct session *session,
			 struct error *err)
	__attribute__((warn_unused_result));

/* Declare that nothing is known, for this reason. */
void payload_facts_refuse(struct payload_facts *facts, const char *reason);

/*
 * The ones' complement sum (RFC 1071) of bytes [from, to) of a packet's
 * payload, as 16-bit words in network byte order beginning at "from".  Returns
 * 0 if unknown, else 1.
 */
int payload_facts_sum(const struct payload_facts *facts, uint32_t frame,
		      size_t from, size_t to, uint16_t *sum);

/*
 * The payload bytes from offset "from" on; returns how many, 0 if they were
 * not kept.
 */
size_t payload_facts_bytes(const struct payload_facts *facts, uint32_t frame,
			   size_t from, const uint8_t **bytes);

/* The checksum in the packet's DSS or MP_CAPABLE option; 0 if there is none. */
int payload_facts_checksum(const struct payload_facts *facts, uint32_t frame,
			   uint16_t *checksum);

/* Add two ones' complement sums. */
uint16_t sum_add(uint16_t a, uint16_t b);

/* The sum of n bytes. */
uint16_t sum_bytes(const uint8_t *bytes, size_t n);

#endif
