/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - the packets of one TCP stream, found again in another capture.
 *
 * Two packets are the same when their place in the stream (relative sequence
 * and acknowledgment number, length), flags without the ECN bits, timestamps,
 * and the bytes of their MPTCP and SACK options are; what is sent more than
 * once with all of that is told apart by the IP id, then by the window, then by
 * its order.  What is left over then may have been altered on the way: it is
 * the same when its place, flags and timestamps are; and at last when place,
 * flags and the IP id are, or when one end has no timestamps at all.  Data that
 * was cut or joined on the way (segmentation offload) is found by its bytes.
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
 * Expected time O(n).  A capture of headers only is enough.
 */
#ifndef PAIR_MATCH_H
#define PAIR_MATCH_H

#include "model/trace.h"

#define MATCH_NONE UINT32_MAX

enum match_fate {
	MATCH_OUTSIDE,	 /* sent before the other capture began, or after it
			    ended: nothing can be said */
	MATCH_MATCHED,	 /* "peer" is the same packet */
	MATCH_COALESCED, /* all of its bytes are there, in other packets; "peer"
			    is the first of them */
	MATCH_AMBIGUOUS, /* "peer" is one of several that it could be */
	MATCH_COPY,	 /* it was captured at another point: model/copies.h */
	MATCH_DUPLICATED, /* a copy that the network made: model/duplicate.h,
			     or the sender's capture has it once */
	MATCH_LOST,	  /* the other end never got it */
	MATCH_UNSEEN	  /* the other capture missed it */
};

/* What was changed on the way: match_end.change.  A TTL that counts down is no
   change; payload is not compared. */
enum match_change {
	CHANGED_MPTCP = 1,	/* the MPTCP options */
	CHANGED_SACK = 2,	/* the edges of SACK, counted from the ISN */
	CHANGED_TIMESTAMPS = 4, /* or they were taken out */
	CHANGED_OPTIONS = 8,	/* others; not the padding */
	CHANGED_WINDOW = 16,	/* the window field */
	CHANGED_FLAGS = 32,	/* PSH, URG, the ECN bits */
	MATCH_CHANGES = 6	/* how many there are */
};

enum {
	MATCH_ECN_FLAGS = 0x1c0
};

/* One capture's packets of the stream, in order of time; owned arrays. */
struct match_end {
	size_t n;
	uint32_t *packet;   /* in its trace; ascending */
	uint8_t *direction; /* enum direction, by TCP role */
	int64_t *position;  /* of the first payload byte, or of the next one:
			       on one line for both ends */
	uint8_t *fate;	    /* enum match_fate */
	uint32_t *peer;	    /* packet in the other trace, or MATCH_NONE */
	uint8_t *change;    /* enum match_change, of MATCH_MATCHED; of
			       MATCH_COALESCED those of any of the pieces,
			       flags left out */
};

struct match {
	struct match_end end[2];
	size_t counts[2][2][MATCH_UNSEEN + 1]; /* [end][direction][fate];
						  direction by TCP role */
	size_t altered[2][2]; /* [end][direction]: packets with any change */
	size_t altered_in[2][2][MATCH_CHANGES]; /* with that bit */
};

struct match_input {
	const struct trace *trace[2];
	const struct stream *stream[2];
	/*
	 * More of the same stream under other numbers: Wireshark begins a new
	 * stream with a SYN, also when the first packets were seen before it.
	 */
	const struct stream *const *also[2];
	size_t n_also[2];
	int client_end; /* 0, 1: that capture was taken nearer to the TCP
			   client; -1: not known, nothing is called lost */
};

/* When both captures ran, ns, by the stamps of each. */
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

/* Pair the packets; what is left over is MATCH_UNSEEN, counts are zero. */
void match_streams(struct match *m, const struct match_input *input);

/* Widen the span to all packets that are in both captures. */
void match_widen(const struct match *m, const struct match_input *input,
		 struct match_span *span);

/* Tell what became of the packets that are left over, and count. */
void match_find_fates(struct match *m, const struct match_input *input,
		      const struct match_span *span);

/* Where a packet of its trace stands in one end; end->n: it is not there. */
size_t match_place(const struct match_end *end, uint32_t packet);

void match_release(struct match *m);

#endif
