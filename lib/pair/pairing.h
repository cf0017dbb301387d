/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pairing.h - two captures of the same traffic, tied together.
 *
 *	struct pairing p;
 *	if (pairing_make(&p, &a, &b, &options, &err) < 0) ...
 *	for (size_t i = 0; i < p.n_streams; i++)
 *		... p.streams[i].match ...
 *	pairing_release(&p);
 *
 * Which stream is which (mapping.h), which packet is which (match.h), and how
 * the clocks differ (clock.h).  The traces are borrowed.
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
	const struct stream **also[2];	/* more of it: mapping.h; owned */
	size_t n_also[2];
	int client_end; /* the capture taken nearer to its TCP client */
	struct match match;
};

struct pairing_options {
	int client_end; /* 0, 1: given by the user; -1: find out */
	bool raw;	/* take the clocks as they are */
	struct clock_options clock;
};

struct pairing {
	const struct trace *trace[2];
	struct mapping mapping;
	struct paired_stream *streams; /* in order of the first capture */
	size_t n_streams;
	uint64_t matched; /* TCP packets that both captures have */
	uint64_t only[2]; /* TCP packets that only this one has */
	uint64_t altered; /* of the matched: not as they were sent */
	uint64_t altered_in[MATCH_CHANGES]; /* as in struct match */
	uint64_t duplicated; /* copies that the network delivered */
	int client_end;	     /* the capture whose clock is "the client's" */
	bool raw;
	struct clock_estimate clock;
};

/* One packet that both captures have. */
struct crossing {
	uint32_t packet[2];	  /* by capture */
	int sender;		  /* the capture at the sender's end */
	enum direction direction; /* by MPTCP role, or TCP's without MPTCP */
	enum match_fate fate;
	uint8_t change; /* enum match_change */
	int64_t raw;	/* ns: receiver's stamp - sender's */
	bool has_delay; /* its one-way delay is known: */
	int64_t delay;	/* ns, corrected */
};

/* -1 and EXIT_INPUT when nothing is in both, or the ends cannot be told. */
int pairing_make(struct pairing *p, const struct trace *a,
		 const struct trace *b, const struct pairing_options *options,
		 struct error *err) __attribute__((warn_unused_result));
void pairing_release(struct pairing *p);

/* The pair that a stream of the first capture belongs to, or NULL. */
const struct paired_stream *pairing_stream(const struct pairing *p,
					   const struct stream *s);

/* The other stream of the pair that "s" of capture "end" belongs to, or NULL.
 */
const struct stream *pairing_peer(const struct pairing *p, int end,
				  const struct stream *s);

/*
 * The crossing of the k-th packet of a paired stream in the first capture; 0
 * when the second does not have it.
 */
int pairing_crossing(const struct pairing *p, const struct paired_stream *s,
		     size_t k, struct crossing *out);

/* The same for the k-th packet in the capture "end". */
int pairing_crossing_at(const struct pairing *p, const struct paired_stream *s,
			int end, size_t k, struct crossing *out);

#endif
