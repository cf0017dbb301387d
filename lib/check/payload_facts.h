/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payload_facts.h - what the rules need to know of the payload of a capture.
 *
 * The sum of each packet's bytes, for checksums; and the bytes themselves of
 * those packets only that were sent twice, or of which only a part is new.
 *
 *	struct payload_facts facts;
 *	payload_facts_init(&facts);
 *	if (payload_facts_gather(&facts, &session, &err) < 0) ...
 *	... payload_facts_sum(&facts, frame, 0, len, &sum) ...
 *	payload_facts_release(&facts);
 *
 * Packets are known by their frame, so that the trace need not have all at the
 * same time.  Memory: 16 bytes per packet, and the bytes that are kept.
 */
#ifndef CHECK_PAYLOAD_FACTS_H
#define CHECK_PAYLOAD_FACTS_H

#include "load/session.h"
#include "model/ledger.h"

struct fact;
struct kept_payload;

struct payload_facts {
	struct fact *facts; /* of the packets with payload; by frame */
	size_t n, cap;
	size_t wanted;		   /* of which the bytes are wanted */
	struct kept_payload *kept; /* by frame */
	size_t n_kept, cap_kept;
	size_t with_payload, whole; /* packets found; with all their payload */
	char *reason;		    /* why nothing is known, or NULL; owned */
};

void payload_facts_init(struct payload_facts *facts);
void payload_facts_release(struct payload_facts *facts);

/*
 * Read the payload of the connections that have checksums, or bytes that were
 * not new; where there are none it is not read.  It is given up after a while
 * where headers only were captured.  Failing is no catastrophe: "reason" tells.
 * -1: the packets themselves cannot be had.
 */
int payload_facts_gather(struct payload_facts *facts, struct session *session,
			 struct error *err)
	__attribute__((warn_unused_result));

/* Nothing is known: why. */
void payload_facts_refuse(struct payload_facts *facts, const char *reason);

/*
 * The sum of bytes [from, to) of the payload of a packet, as of 16-bit words
 * in network order that begin at "from" (RFC 1071); 0 when not known.
 */
int payload_facts_sum(const struct payload_facts *facts, uint32_t frame,
		      size_t from, size_t to, uint16_t *sum);

/* Its bytes from "from" on: how many, 0 when they were not kept. */
size_t payload_facts_bytes(const struct payload_facts *facts, uint32_t frame,
			   size_t from, const uint8_t **bytes);

/* The checksum in its DSS, or in MP_CAPABLE; 0 when there is none. */
int payload_facts_checksum(const struct payload_facts *facts, uint32_t frame,
			   uint16_t *checksum);

/* Ones' complement addition. */
uint16_t sum_add(uint16_t a, uint16_t b);

/* The sum of n bytes. */
uint16_t sum_bytes(const uint8_t *bytes, size_t n);

#endif
