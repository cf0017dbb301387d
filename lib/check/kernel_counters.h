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
	COUNTER_EQUAL,	      /* no difference */
	COUNTER_NOT_SHOWN,    /* a capture of this kind does not show it */
	COUNTER_NOT_COMPUTED, /* counters.h has no such counter */
	COUNTER_NOT_KEPT,     /* this kernel does not have the counter */
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

enum {
	HOST_BOTH = 2
};

/* "client", "server" or "both"; NULL behind these. */
const char *kernel_host_name(int host);

/* The counters of one host. */
struct kernel_counters {
	/* or NULL: counts since the host was started */
	const struct nstat *before;
	const struct nstat *after;
	int host;     /* role in the connections: 0 client, 1 server, or
			 HOST_BOTH: its counters are those of both ends */
	bool at_host; /* the capture was taken at this host */
};

struct kernel_counter {
	const char *name;	      /* without MPTcpExt: "MPCapableSYNTX" */
	bool has_capture, has_kernel; /* which values are known */
	uint64_t capture, kernel;
	enum counter_reason reason;
};

struct kernel_counter kernel_counters_compare(const struct kernel_counters *k,
					      const struct counters *sums,
					      enum counter_id id);

/*
 * The next counter of the kernel, from *i on, that increased and that is not
 * one of counters.h; false: there are no more.  Start with 0.
 */
bool kernel_counters_next_other(const struct kernel_counters *k, size_t *i,
				struct kernel_counter *out);

#endif
