/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * past.h - what is remembered of packets that were dropped, so that long
 * connections can be followed in limited memory (live.h).
 *
 * Old packets are accounted for and then dropped.  To account for later
 * packets as if the old ones were still there, little is needed: which bytes
 * of each subflow were sent, and which subflow sent which data; positions of
 * sequence numbers; mappings of bytes that may still come; sums.
 *
 *	account_past(&trace, &past, end);	// counts those before "end"
 *	... drop these, except those needed to know the handshakes ...
 *	trace.past = &past;			// with the packets left
 *	account_connection(&trace, conn, NULL);	// all bytes
 *
 * Accounted packets may stay in the trace: streams.h, connections.h and
 * timeline.h use them, account.h skips them.
 *
 * Results are exact, except for what much later packets reveal about dropped
 * ones: that they are mapped, that a fallback had happened before, or where a
 * subflow began whose SYN was not captured.  Also, for data that is sent again
 * after more than PAST_DATA further bytes of its direction were acknowledged
 * by DATA_ACKs, it is no longer known who sent it first: it counts as
 * reinjected even if the same subflow had sent it with another mapping.
 *
 * A struct past owns everything in it.
 */
#ifndef MODEL_PAST_H
#define MODEL_PAST_H

#include "base/number_index.h"
#include "model/conn.h"
#include "model/flight.h"
#include "model/rangemap.h"
#include "model/sequence.h"
#include "model/trace.h"

#define PAST_DATA ((int64_t)16 << 20) /* bytes */

/*
 * Values of ranges that were sent in the past: this bit plus the position of
 * the subflow in its connection, or PAST_NOBODY.
 */
#define PAST_OWNER 0x80000000u
#define PAST_NOBODY 0x7ffffffeu

enum {
	PAST_MAPPINGS = 4096 /* per flow; older ones are dropped */
};

/* One direction of one subflow. */
struct past_flow {
	struct unwrap unwrap;
	bool has_origin;
	int64_t origin;	      /* as in struct flow */
	struct rangemap seen; /* subflow bytes sent */
	/* data bytes that another subflow had sent before */
	struct rangemap after;
	struct dss_mapping *maps; /* mappings with bytes not yet seen */
	size_t n;
	uint64_t packets;      /* with or without payload */
	struct flight flight;  /* state after the last of these */
	uint32_t silent_frame; /* frame since which it is silent, if it is */
};

struct past_stream {
	uint32_t tcp_stream;
	int64_t time;		  /* packets before this time ... */
	uint32_t frame;		  /* ... and up to this frame were accounted */
	struct past_flow flow[2]; /* by MPTCP direction, */
	struct byte_counts bytes[2]; /* likewise */
};

struct past_connection {
	struct past_stream *streams;
	size_t n, cap;
	struct number_index by_number; /* private: of the streams */
	struct data_line line[2];
	struct rangemap data[2]; /* -> stream number (Wireshark's) that sent it
				    first, or PAST_NOBODY */
	struct byte_counts bytes[2];
};

struct past {
	struct past_connection *connections;
	size_t n, cap;
};

/* Whether packet i of the stream was accounted already. */
bool past_has(const struct past_stream *stream, const struct packets *packets,
	      size_t i);

/* The past of the stream with this number; NULL: none. */
const struct past_stream *past_find_stream(const struct trace *trace,
					   uint32_t tcp_stream);

/* The past of a connection, found by its first known subflow; NULL: none. */
const struct past_connection *past_find(const struct trace *trace,
					const struct connection *conn);

/* The entry that has one of these subflows, or a new one. */
struct past_connection *past_open(struct past *past, const struct trace *trace,
				  const struct connection *conn);
struct past_stream *past_open_stream(struct past_connection *conn,
				     uint32_t tcp_stream);

/*
 * Copy ranges of the past into a current map, as PAST_OWNER values.  If the
 * origin of a subflow became known only now, positions are lowered by it.
 */
void past_claim(const struct rangemap *before, int64_t origin,
		struct rangemap *now);
void past_claim_data(const struct trace *trace, const struct connection *conn,
		     const struct past_connection *before, int direction,
		     struct rangemap *now);

/* Move everything from "from" to "to". */
void past_join(struct past *to, struct past *from);

void past_release(struct past *past);

#endif
