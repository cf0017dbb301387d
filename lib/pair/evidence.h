/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.h - for mapping.h: values that identify a stream in different
 * captures.
 *
 * Each such value becomes a hash, so that streams of two captures that have
 * something in common are found by a join.
 *
 *	struct fingerprints m = { .n = 0 };
 *	fingerprints_make(&m, &trace);
 *	... m.items[i].hash, m.items[i].stream ...
 *	fingerprints_release(&m);
 */
#ifndef PAIR_EVIDENCE_H
#define PAIR_EVIDENCE_H

#include "model/trace.h"

/* The kinds of values, with their names in output. */
enum evidence {
	EVIDENCE_KEYS = 1,	  /* "keys": MP_CAPABLE */
	EVIDENCE_TOKENS = 2,	  /* "tokens" */
	EVIDENCE_NONCES = 4,	  /* "nonces": MP_JOIN */
	EVIDENCE_ISN = 8,	  /* "isn": initial sequence numbers */
	EVIDENCE_TIMESTAMPS = 16, /* "timestamps": of the SYNs */
	EVIDENCE_DATA = 32,	  /* "data": sequence numbers and timestamps of
				     packets with payload */
	EVIDENCE_ADDRESSES = 64,  /* "addresses": and ports */
	EVIDENCE_SUBFLOWS = 128	  /* "subflows": of a connection */
};

/*
 * Added to EVIDENCE_DATA, in fingerprints only: sequence numbers are relative
 * to the ISN.
 */
#define FINGERPRINT_FROM_ISN 256u

/* The name of one kind. */
const char *evidence_name(enum evidence evidence);

/* A value that identifies a stream; equal hashes mean equal values. */
struct fingerprint {
	uint64_t hash;
	uint32_t stream; /* index in the trace */
	unsigned evidence;
};

struct fingerprints {
	struct fingerprint *items; /* by hash, then by stream; owned */
	size_t n, cap;
};

/* All values of all streams of a trace; "m" must be empty. */
void fingerprints_make(struct fingerprints *m, const struct trace *trace);

/* One for each stream: addresses and ports, in either order of the ends. */
void fingerprints_of_tuples(struct fingerprints *m, const struct trace *trace);

void fingerprints_release(struct fingerprints *m);

#endif
