/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counters.h - compute from a capture what the kernels' MPTcpExt counters
 * (nstat) of both hosts should show.
 *
 *	struct counters sums = { 0 };
 *	counters_add(&sums, &context);	// of each connection
 *	... sums.of[COUNTER_ADD_ADDR].count[1] ... // at the server
 *
 * A capture shows packets at one point: an option that was lost after that
 * point is counted as received.  mptcp-check(1) says which counters agree
 * exactly and which approximately.
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

/* The name without the prefix MPTcpExt of nstat: "MPCapableSYNTX". */
const char *counter_name(enum counter_id id);

struct counter {
	uint64_t count[2]; /* at the client, at the server */
	bool unknown[2];   /* cannot be determined from this capture */
};

struct counters {
	struct counter of[COUNTERS];
};

struct check_context;

/* Add a connection. */
void counters_add(struct counters *sums, const struct check_context *c);

#endif
