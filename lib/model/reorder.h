/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reorder.h - measure reordering of data at the receiver, and which data
 * waited for which subflow.
 *
 * For one direction of a connection captured at its receiver.  From each new
 * data byte in order of arrival, and each acknowledgment, it determines how
 * many packets are reordered (RFC 4737), how long data waited for lower bytes
 * (Chen et al., "A Measurement-based Study of MultiPath TCP Performance", IMC
 * 2013), and for how long data was held back because of which subflow.
 *
 *	struct reorder r;
 *	reorder_init(&r, n_subflows, 1, 1);
 *	reorder_arrive(&r, packet, time, subflow, from, to);
 *	reorder_acked(&r, dack);
 *	reorder_close(&r, time);
 *	reorder_finish(&r, last_time, &result);
 *	reordering_release(&result);
 *
 * Times are in ns, bytes are positions [from, to) in the data sequence space.
 * Bytes that were acknowledged but not captured arrived at an unknown time, so
 * the delay of data that waited for them is unknown.
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
	uint64_t packets; /* with new bytes */
	uint64_t late;	  /* of these, below a byte that arrived before: RFC
			     4737 section 3 */
	struct distribution extent; /* of the late ones, in packets; 4.2.1 */
	/* largest n for which a packet is n-reordered; 5.3 */
	uint64_t degree_max;
	uint64_t late3;		   /* n-reordered with n >= 3 */
	struct distribution delay; /* ns, of packets with a known delay */
	uint64_t unresolved;	   /* packets with an unknown delay */
	int64_t blocked;	   /* ns during which bytes were held back */
	int64_t blocked_max;	   /* ns, longest period */
	int64_t *blocked_by; /* ns, by the subflow that then brought the missing
				bytes; owned */
	size_t n_subflows;
	uint64_t held_max; /* maximum number of bytes held back */
};

/* Internal. */
struct reorder_record {
	int64_t first;
	uint64_t index; /* counts packets with new bytes */
};

struct reorder {
	struct reordering result;
	struct rangemap received;
	bool has_next;
	int64_t next;  /* everything below was received */
	uint64_t held; /* bytes received above that */
	bool closed;   /* the receiver accepts nothing any more */
	bool waiting;  /* data is held back since: */
	int64_t since;
	int64_t chain;	   /* ns of contiguous blocking before that */
	struct heap waits; /* lowest new byte of a packet -> arrival, ns */
	bool has_packet;
	uint32_t packet; /* the last one */
	bool has_highest;
	int64_t highest;		/* end of the data seen */
	struct reorder_record *records; /* packets above all before them */
	size_t n_records, cap_records;
	struct reorder_record *stack; /* packets below all after them */
	size_t n_stack, cap_stack;
	struct samples delays, extents;
};

/*
 * Data below "first" counts as received; without has_first the first arrival
 * defines that position.
 */
void reorder_init(struct reorder *r, size_t n_subflows, bool has_first,
		  int64_t first);

/*
 * New bytes [from, to), which were not reported before.  Successive calls with
 * the same "packet" are about one packet, in ascending order of "from".
 */
void reorder_arrive(struct reorder *r, uint32_t packet, int64_t time,
		    uint32_t subflow, int64_t from, int64_t to);

/* The receiver has everything below "dsn". */
void reorder_acked(struct reorder *r, int64_t dsn);

/*
 * The receiver discards what it holds and everything that arrives later: such
 * packets still have an order, but no delay.
 */
void reorder_close(struct reorder *r, int64_t time);

/*
 * Compute the result; "time" is that of the last packet.  Frees what "r" owns.
 */
void reorder_finish(struct reorder *r, int64_t time, struct reordering *out);

void reordering_release(struct reordering *out);

#endif
