/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_counters.h - compare the counters of a kernel (nstat) with those
 * computed from a capture (counters.h), and explain differences.
 */
#ifndef CHECK_KERNEL_COUNTERS_H
#define CHECK_KERNEL_COUNTERS_H

#include "check/counters.h"
#include "kernel/nstat.h"
#include "model/conn.h"

enum counter_reason {
	COUNTER_EQUAL,	   /* no difference */
	COUNTER_NOT_SHOWN, /* a capture of this kind does not show it */
	COUNTER_NOT_KEPT,  /* this kernel does not have the counter */
	/* similar, but counting different things (mptcp-check(1)) */
	COUNTER_RESEMBLES,
	COUNTER_OTHERS,	     /* the host also had other connections */
	COUNTER_LOST_BEHIND, /* lost between the capture and the host */
	COUNTER_LOST_BEFORE, /* lost between the host and the capture */
	COUNTER_NOT_TAKEN,   /* arrived at the host, which did not count it */
	COUNTER_UNCAPTURED,  /* missing in a capture at the host */
	COUNTER_NOT_SENT     /* in a capture at the host, which did not send it:
				forged, or from another network namespace */
};

/* A short explanation for people; NULL for COUNTER_EQUAL. */
const char *counter_reason_text(enum counter_reason reason);

/* An identifier for scripts, "other_connections"; NULL for COUNTER_EQUAL. */
const char *counter_reason_name(enum counter_reason reason);

/* The counters of one host. */
struct kernel_counters {
	/* or NULL: counts since the host was started */
	const struct nstat *before;
	const struct nstat *after;
	int host;     /* role in the connections: 0 client, 1 server */
	bool at_host; /* the capture was taken at this host */
};

struct kernel_counter {
	enum counter_id id;
	bool has_capture, has_kernel; /* which values are known */
	uint64_t capture, kernel;
	enum counter_reason reason;
};

struct kernel_counter kernel_counters_compare(const struct kernel_counters *k,
					      const struct counters *sums,
					      enum counter_id id);

#endif
