/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - find the packets of one TCP stream in another capture.
 *
 * Two packets are the same if their position in the stream (relative sequence
 * and acknowledgment number, length), flags without the ECN bits, timestamps,
 * and the bytes of their MPTCP and SACK options are equal.  Packets that were
 * sent several times with all of these equal are distinguished by IP id, then
 * by window, then by their order.  The remaining packets may have been altered
 * on the path: they match if position, flags and timestamps are equal; finally
 * if position, flags and IP id are, or if one end has no timestamps at all.
 * Data that was split or merged on the path (segmentation offload) is found by
 * its bytes.
 *
 *	struct match m;
 *	struct match_span span = MATCH_SPAN_INIT;
 *	match_streams(&m, &(struct match_input){ .trace = { &a, &b }, ... });
 *	match_widen(&m, &input, &span);
 *	match_find_fates(&m, &input, &span);
 *	for (size_t k = 0; k < m.end[0].n; k++)
 *		... m.end[0].fate[k], m.end[0].peer[k] ...
 *	match_release(&m);
 *
 * Expected time O(n).  Captures of headers only are sufficient.
 */
#ifndef PAIR_MATCH_H
#define PAIR_MATCH_H

#include "model/trace.h"

#define MATCH_NONE UINT32_MAX

/* What became of a packet. */
enum match_fate {
	MATCH_OUTSIDE,	  /* sent before the other capture began or after it
			     ended: unknown */
	MATCH_MATCHED,	  /* "peer" is the same packet */
	MATCH_COALESCED,  /* all of its bytes are in other packets of the other
			     capture; "peer" is the first of them */
	MATCH_AMBIGUOUS,  /* it may be "peer" or other ones */
	MATCH_COPY,	  /* captured at a further point: model/copies.h */
	MATCH_DUPLICATED, /* an additional copy made by the network:
			     model/duplicate.h, or sent only once */
	MATCH_LOST,	  /* it never arrived at the other end */
	MATCH_UNSEEN	  /* it is missing in the other capture */
};

/*
 * What was changed on the path: bits of match_end.change.  Decreasing TTLs do
 * not count, payload is not compared.
 */
enum match_change {
	CHANGED_MPTCP = 1,	/* the MPTCP options */
	CHANGED_SACK = 2,	/* edges of SACK blocks, relative to the ISN */
	CHANGED_TIMESTAMPS = 4, /* changed or removed */
	CHANGED_OPTIONS = 8,	/* other options, except padding */
	CHANGED_WINDOW = 16,	/* the window field */
	CHANGED_FLAGS = 32,	/* PSH, URG, the ECN bits */
	MATCH_CHANGES = 6	/* number of these */
};

enum {
	MATCH_ECN_FLAGS = 0x1c0
};

/*
 * The packets of the stream in one capture, in order of time; arrays are
 * owned.
 */
struct match_end {
	size_t n;
	uint32_t *packet;   /* index in the trace, ascending */
	uint8_t *direction; /* enum direction, by TCP role */
	int64_t *position;  /* of the first payload byte, or the next one; the
			       same scale for both ends */
	uint8_t *fate;	    /* enum match_fate */
	uint32_t *peer;	    /* packet in the other trace, or MATCH_NONE */
	uint8_t *change;    /* enum match_change, for MATCH_MATCHED; for
			       MATCH_COALESCED of any of the pieces, without
			       flags */
};

struct match {
	struct match_end end[2];
	size_t counts[2][2][MATCH_UNSEEN + 1]; /* [end][direction][fate];
						  direction by TCP role */
	size_t altered[2][2]; /* [end][direction]: packets with changes */
	size_t altered_in[2][2][MATCH_CHANGES]; /* by bit of match_change */
};

struct match_input {
	const struct trace *trace[2];
	const struct stream *stream[2];
	/*
	 * Further parts of the same stream under other numbers: Wireshark
	 * begins a new stream at a SYN even if packets of the stream came
	 * before it.
	 */
	const struct stream *const *also[2];
	size_t n_also[2];
	int client_end; /* the capture (0, 1) that was taken nearer to the TCP
			   client; -1: unknown, nothing is called lost */
};

/* The time in which both captures ran, ns, by each capture's clock. */
struct match_span {
	int64_t begin[2], until[2];
};

#define MATCH_SPAN_INIT                                                        \
	{                                                                      \
		{ INT64_MAX, INT64_MAX },                                      \
		{                                                              \
			INT64_MIN, INT64_MIN                                   \
		}                                                              \
	}

/* Match the packets.  The others become MATCH_UNSEEN; counts stay zero. */
void match_streams(struct match *m, const struct match_input *input);

/* Extend the span to include all packets that are in both captures. */
void match_widen(const struct match *m, const struct match_input *input,
		 struct match_span *span);

/* Determine the fate of the packets that were not matched, and count. */
void match_find_fates(struct match *m, const struct match_input *input,
		      const struct match_span *span);

/* Position of a packet of the trace in one end; end->n: it is not there. */
size_t match_place(const struct match_end *end, uint32_t packet);

void match_release(struct match *m);

#endif
