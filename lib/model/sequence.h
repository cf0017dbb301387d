/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sequence.h - map the subflow bytes of a connection to positions in its data.
 *
 * Walks over the packets of a connection in order of time.  For each it
 * provides the position in the sequence space of its subflow, and the DSS
 * mappings of the whole connection, which are collected first (RFC 8684
 * section 3.3.1): a mapping is used wherever in the capture it occurs, and for
 * each byte the first mapping that covers it.
 *
 * If the ISN of a subflow was not captured, it is deduced from the rule that a
 * segment lies within the mapping that it carries, and used only if that
 * leaves one possible value.
 *
 *	struct sequence q;
 *	sequence_init(&q, trace, conn, ledger);
 *	for (size_t j = q.first; j < q.n; j++) {
 *		struct segment s = sequence_segment(&q, q.packets[j]);
 *		...
 *	}
 *	sequence_release(&q);
 */
#ifndef MODEL_SEQUENCE_H
#define MODEL_SEQUENCE_H

#include <stdbool.h>

#include "model/ledger.h"
#include "model/tcpopt.h"
#include "model/trace.h"
#include "model/unwrap.h"

struct past_connection;

/*
 * Subflow bytes [ssn, ssn + len) are the data bytes from dsn on.  An infinite
 * mapping has length MAPPING_INFINITE.
 */
#define MAPPING_INFINITE ((int64_t)1 << 48)

struct dss_mapping {
	int64_t ssn, len, dsn;
};

/* One direction of one subflow. */
struct flow {
	struct unwrap unwrap;
	bool has_origin;   /* positions are relative to the ISN */
	int64_t low, high; /* bounds of ISN - base, while deducing it */
	bool constrained;
	int64_t origin; /* ISN - unwrap.base */
	struct dss_mapping *maps;
	size_t n, cap;
	struct rangemap by_ssn;	    /* subflow byte -> index in maps */
	struct rangemap_place near; /* position in it of the last packet */
};

/* One direction of the connection. */
struct data_line {
	bool has_base; /* "base" is known; it is the IDSN if has_idsn */
	bool has_idsn;
	bool narrow; /* only the lower 32 bits of "base" are known */
	uint64_t base;
	uint64_t near; /* last 64-bit DSN, to extend 32-bit ones */
	bool has_high;
	int64_t high; /* highest position of data or DATA_ACK so far */
	bool has_odd;
	int64_t odd; /* the last DATA_ACK that was implausible */
	bool has_ack;
	int64_t ack; /* highest DATA_ACK, relative */
	/* TCP acknowledged more data, which was not captured */
	bool unplaced_ack;
	bool has_fin;
	int64_t fin; /* position of the first DATA_FIN */
};

struct sequence {
	const struct trace *trace;
	const struct connection *conn;
	struct flow *flows; /* [2 * subflow + direction] */
	struct data_line line[2];
	uint32_t *packets; /* of all subflows, in order of time; those before
			      "first" were accounted earlier (past.h) */
	size_t first, n;   /* range of the others */
	const struct past_connection *past; /* or NULL */
	bool plain; /* fell back: data positions are subflow positions */
	struct ledger *ledger; /* or NULL: acknowledgments are not recorded */
};

/* A packet and its place in the connection. */
struct segment {
	size_t packet;	  /* in trace.packets */
	uint32_t subflow; /* position in conn->subflows */
	enum direction direction;
	struct flow *flow;
	int64_t ssn; /* position of its first payload byte */
	uint32_t len;
};

/* Collects the mappings, and the acknowledgments for the ledger. */
void sequence_init(struct sequence *q, const struct trace *trace,
		   const struct connection *conn, struct ledger *ledger);

/* Call once for each packet, in order. */
struct segment sequence_segment(struct sequence *q, size_t packet);

/* Restart the walk. */
void sequence_rewind(struct sequence *q);

/*
 * What a DSS, or an MP_CAPABLE with data, of this segment says: its mapping,
 * and the data of the other direction that it acknowledges (everything below
 * *ack).  False if it says nothing of the kind, or the position is unknown.
 * Call in the order of packets.
 */
bool sequence_mapping(struct sequence *q, const struct segment *s,
		      const struct mptcp_option *option,
		      struct dss_mapping *out);
bool sequence_data_ack(struct sequence *q, const struct segment *s,
		       const struct mptcp_option *option, int64_t *ack);

void sequence_release(struct sequence *q);

#endif
