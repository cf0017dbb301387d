/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counters.h - what the kernel's MPTcpExt counters (nstat) of both hosts would
 * have counted, from what a capture shows.
 *
 *	struct counters sums = { 0 };
 *	counters_add(&sums, &context);	// of each connection
 *	... sums.of[COUNTER_ADD_ADDR].count[1] ... // at the server
 *
 * A capture shows what was on the wire where it was taken: an option that was
 * lost behind it is counted as received.  Which counters agree exactly and
 * which about is said in mptcp-check(1).
 */
#ifndef CHECK_COUNTERS_H
#define CHECK_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

enum counter_id {
	COUNTER_CAPABLE_SYN_TX,
	COUNTER_CAPABLE_SYN_RX,
	COUNTER_CAPABLE_SYNACK_RX,
	COUNTER_CAPABLE_ACK_RX,
	COUNTER_FALLBACK_SYNACK,
	COUNTER_FALLBACK_ACK,
	COUNTER_JOIN_SYN_TX,
	COUNTER_JOIN_SYN_RX,
	COUNTER_JOIN_SYN_BACKUP_RX,
	COUNTER_JOIN_SYNACK_RX,
	COUNTER_JOIN_SYNACK_BACKUP_RX,
	COUNTER_JOIN_ACK_RX,
	COUNTER_JOIN_PORT_SYN_RX,
	COUNTER_ADD_ADDR,
	COUNTER_ADD_ADDR_TX,
	COUNTER_ECHO_ADD,
	COUNTER_ECHO_ADD_TX,
	COUNTER_PORT_ADD,
	COUNTER_RM_ADDR,
	COUNTER_RM_ADDR_TX,
	COUNTER_PRIO_TX,
	COUNTER_PRIO_RX,
	COUNTER_FAIL_TX,
	COUNTER_FAIL_RX,
	COUNTER_FASTCLOSE_TX,
	COUNTER_FASTCLOSE_RX,
	COUNTER_RST_TX,
	COUNTER_RST_RX,
	COUNTER_INFINITE_MAP_TX,
	COUNTER_INFINITE_MAP_RX,
	COUNTER_RETRANS,
	COUNTER_DUPLICATE_DATA,
	COUNTER_OFO_QUEUE,
	COUNTERS
};

/* "MPCapableSYNTX": nstat prints MPTcpExt before it. */
const char *counter_name(enum counter_id id);

struct counter {
	uint64_t count[2]; /* at the client, at the server */
	bool unknown[2];   /* it cannot be told from such a capture */
};

struct counters {
	struct counter of[COUNTERS];
};

struct check_context;

void counters_add(struct counters *sums, const struct check_context *c);

#endif
