/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reorder.h - in which order data arrived, and what waited for it.
 *
 * For one direction of a connection captured at its receiver.  Told of each
 * new data byte in order of arrival and of each acknowledgment, it says how
 * many packets came late (RFC 4737), how long data waited for the bytes below
 * it (Chen et al., "A Measurement-based Study of MultiPath TCP Performance",
 * IMC 2013), and for how long, because of which subflow, data was held back.
 *
 *	struct reorder r;
 *	reorder_init(&r, n_subflows, 1, 1);
 *	reorder_arrive(&r, packet, time, subflow, from, to);
 *	reorder_acked(&r, dack);
 *	reorder_close(&r, time);
 *	reorder_finish(&r, last_time, &result);
 *	reordering_release(&result);
 *
 * Times in ns, bytes as positions [from, to) in the data sequence space.
 * A byte that was acknowledged but never captured did arrive, nobody knows
 * when: what waited for it has no known delay.
 */
#ifndef MODEL_REORDER_H
#define MODEL_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "model/distribution.h"
#include "model/rangemap.h"

struct reordering {
	uint64_t packets; /* that brought new bytes */
	uint64_t late;	  /* of these: below a byte that came before them;
			     RFC 4737 section 3 */
	struct distribution extent; /* of the late ones, in packets; 4.2.1 */
	uint64_t degree_max; /* largest n for which one is n-reordered; 5.3 */
	uint64_t late3;	     /* n-reordered with n >= 3 */
	struct distribution delay; /* ns, of all packets where it is known */
	uint64_t unresolved;	   /* packets whose delay is not */
	int64_t blocked;	   /* ns with bytes held back */
	int64_t blocked_max;	   /* ns, longest */
	int64_t *blocked_by; /* ns; [subflow] that brought what was missing;
				owned */
	size_t n_subflows;
	uint64_t held_max; /* most bytes held back at a time */
};

/* Internal. */
struct reorder_record {
	int64_t first;
	uint64_t index; /* of the packet, of those with new bytes */
};

struct reorder {
	struct reordering result;
	struct rangemap received;
	bool has_next;
	int64_t next;  /* all below was received */
	uint64_t held; /* bytes received above that */
	bool closed;   /* the receiver takes nothing any more */
	bool waiting;  /* held back since: */
	int64_t since;
	int64_t chain;	   /* ns of blocking without a break before that */
	struct heap waits; /* lowest new byte of a packet -> arrival, ns */
	bool has_packet;
	uint32_t packet; /* the last one */
	bool has_highest;
	int64_t highest;		/* end of what was seen */
	struct reorder_record *records; /* packets above all before them */
	size_t n_records, cap_records;
	struct reorder_record *stack; /* packets below all after them */
	size_t n_stack, cap_stack;
	struct samples delays, extents;
};

/*
 * Data below "first" counts as received; with has_first 0 the first arrival
 * says where that is.
 */
void reorder_init(struct reorder *r, size_t n_subflows, bool has_first,
		  int64_t first);

/*
 * New bytes [from, to), never reported before.  Calls in a row with the same
 * "packet" are about one packet, in ascending order of "from".
 */
void reorder_arrive(struct reorder *r, uint32_t packet, int64_t time,
		    uint32_t subflow, int64_t from, int64_t to);

/* The receiver has everything below "dsn". */
void reorder_acked(struct reorder *r, int64_t dsn);

/*
 * The receiver throws away what it holds, and all that comes later: that has an
 * order still, but no delay.
 */
void reorder_close(struct reorder *r, int64_t time);

/* "time" is that of the last packet.  Frees what "r" owns. */
void reorder_finish(struct reorder *r, int64_t time, struct reordering *out);

void reordering_release(struct reordering *out);

#endif
