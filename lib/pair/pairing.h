/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pairing.h - combine two captures of the same traffic, taken at both ends.
 *
 *	struct pairing p;
 *	if (pairing_make(&p, &a, &b, &options, &err) < 0) ...
 *	for (size_t i = 0; i < p.n_streams; i++)
 *		... p.streams[i].match ...
 *	pairing_release(&p);
 *
 * Determines which streams (mapping.h) and packets (match.h) are the same, and
 * how the clocks differ (clock.h).  The traces are borrowed.
 */
#ifndef PAIR_PAIRING_H
#define PAIR_PAIRING_H

#include <stdbool.h>

#include "base/error.h"
#include "pair/clock.h"
#include "pair/mapping.h"
#include "pair/match.h"

/* A stream of the first capture that is also in the second. */
struct paired_stream {
	const struct stream *stream[2]; /* by capture */
	/* parts under other numbers: mapping.h; owned */
	const struct stream **also[2];
	size_t n_also[2];
	int client_end; /* capture taken nearer to its TCP client */
	struct match match;
};

struct pairing_options {
	int client_end; /* 0, 1: given by the user; -1: determine it */
	bool raw;	/* do not correct clocks */
	struct clock_options clock;
};

struct pairing {
	const struct trace *trace[2];
	struct mapping mapping;
	struct paired_stream *streams; /* in order of the first capture */
	size_t n_streams;
	uint64_t matched; /* TCP packets that both captures have */
	uint64_t only[2]; /* TCP packets only in this capture */
	uint64_t altered; /* of the matched: changed on the path */
	uint64_t altered_in[MATCH_CHANGES]; /* as in struct match */
	uint64_t duplicated; /* additional copies made by the network */
	int client_end;	     /* capture whose clock is "the client's" */
	bool raw;
	struct clock_estimate clock;
};

/* A packet that is in both captures. */
struct crossing {
	uint32_t packet[2]; /* by capture */
	int sender;	    /* capture at the sender's end */
	/* by MPTCP role; without MPTCP, by TCP role */
	enum direction direction;
	enum match_fate fate;
	uint8_t change; /* enum match_change */
	int64_t raw;	/* ns: receiver's stamp - sender's */
	bool has_delay; /* the one-way delay is known: */
	int64_t delay;	/* ns, corrected */
};

/*
 * Returns -1 and EXIT_INPUT if the captures have nothing in common, or if it
 * is unknown which one was taken nearer to the client.
 */
int pairing_make(struct pairing *p, const struct trace *a,
		 const struct trace *b, const struct pairing_options *options,
		 struct error *err) __attribute__((warn_unused_result));
void pairing_release(struct pairing *p);

/* The pair that includes this stream of the first capture, or NULL. */
const struct paired_stream *pairing_stream(const struct pairing *p,
					   const struct stream *s);

/* The other stream of the pair that includes "s" of capture "end", or NULL. */
const struct stream *pairing_peer(const struct pairing *p, int end,
				  const struct stream *s);

/*
 * Convert a time of the other capture to the clock of capture "end"; -1 if
 * unknown.
 */
int pairing_time(const struct pairing *p, int end, int64_t time, int64_t *out)
	__attribute__((warn_unused_result));

/*
 * Fill "out" for the k-th packet of a paired stream in the first capture. 0:
 * the second capture does not have it.
 */
int pairing_crossing(const struct pairing *p, const struct paired_stream *s,
		     size_t k, struct crossing *out);

/* The same for the k-th packet in capture "end". */
int pairing_crossing_at(const struct pairing *p, const struct paired_stream *s,
			int end, size_t k, struct crossing *out);

#endif
