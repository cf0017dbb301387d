/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_counters.h - the counters of a kernel (nstat) beside those that a
 * capture shows (counters.h), and why they differ
 */
#ifndef CHECK_KERNEL_COUNTERS_H
#define CHECK_KERNEL_COUNTERS_H

#include "check/counters.h"
#include "kernel/nstat.h"
#include "model/conn.h"

enum counter_reason {
	COUNTER_EQUAL,	     /* no reason is needed */
	COUNTER_NOT_SHOWN,   /* such a capture does not tell */
	COUNTER_NOT_KEPT,    /* that kernel does not have it */
	COUNTER_RESEMBLES,   /* both count something else (mptcp-check(1)) */
	COUNTER_OTHERS,	     /* the host had other connections */
	COUNTER_LOST_BEHIND, /* captured, and lost on the way to the host */
	COUNTER_LOST_BEFORE, /* lost on the way from the host to the capture */
	COUNTER_NOT_TAKEN,   /* it came to the host, and did not count there */
	COUNTER_UNCAPTURED,  /* it was not captured where the host is */
	COUNTER_NOT_SENT     /* captured where the host is, which did not send
				it: forged, or of another network namespace */
};

/* In a few words; NULL for COUNTER_EQUAL. */
const char *counter_reason_text(enum counter_reason reason);

/* A word for scripts: "other_connections"; NULL for COUNTER_EQUAL. */
const char *counter_reason_name(enum counter_reason reason);

/* The counters of one host. */
struct kernel_counters {
	const struct nstat *before; /* or NULL: all since the host began */
	const struct nstat *after;
	int host;     /* 0 the client, 1 the server, of the connections */
	bool at_host; /* the capture was taken there */
};

struct kernel_counter {
	enum counter_id id;
	bool has_capture, has_kernel; /* which are known */
	uint64_t capture, kernel;
	enum counter_reason reason;
};

struct kernel_counter kernel_counters_compare(const struct kernel_counters *k,
					      const struct counters *sums,
					      enum counter_id id);

#endif
