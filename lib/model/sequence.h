/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sequence.h - where the subflow bytes of a connection lie in its data.
 *
 * A walk over the packets of a connection in order of time, with the place of
 * each in the sequence space of its subflow, and the DSS mappings of the whole
 * connection, collected before (RFC 8684 section 3.3.1): a mapping counts
 * wherever in the capture it stands, and the first that covers a byte counts.
 *
 * Where the ISN of a subflow was not captured it is deduced from the rule that
 * a segment lies inside the mapping that it carries, and used only when one
 * value is left.
 *
 *	struct sequence q;
 *	sequence_init(&q, trace, conn, ledger);
 *	for (size_t j = 0; j < q.n; j++) {
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

/* Subflow bytes [ssn, ssn + len) are the data bytes from dsn on; an infinite
   mapping is MAPPING_INFINITE long. */
#define MAPPING_INFINITE ((int64_t)1 << 48)

struct dss_mapping {
	int64_t ssn, len, dsn;
};

/* One direction of one subflow. */
struct flow {
	struct unwrap unwrap;
	bool has_origin;   /* positions are relative to the ISN */
	int64_t low, high; /* bounds of ISN - base while it is deduced */
	bool constrained;
	int64_t origin; /* ISN - unwrap.base */
	struct dss_mapping *maps;
	size_t n, cap;
	struct rangemap by_ssn;	    /* subflow byte -> index in maps */
	struct rangemap_place near; /* in it: of the last packet */
};

/* One direction of the connection. */
struct data_line {
	bool has_base; /* "base" is known, the IDSN if has_idsn: number 0 */
	bool has_idsn;
	bool narrow; /* only the lower 32 bits of "base" are known */
	uint64_t base;
	uint64_t near; /* last 64-bit DSN, to unwrap 32-bit ones */
	bool has_high;
	int64_t high; /* highest position of data or of a DATA_ACK so far */
	bool has_odd;
	int64_t odd; /* the last DATA_ACK that did not fit to it */
	bool has_ack;
	int64_t ack; /* highest DATA_ACK, relative */
	bool unplaced_ack; /* TCP acknowledged more, of what was not captured */
	bool has_fin;
	int64_t fin; /* position of the DATA_FIN, the first one of several */
};

struct sequence {
	const struct trace *trace;
	const struct connection *conn;
	struct flow *flows; /* [2 * subflow + direction] */
	struct data_line line[2];
	uint32_t *packets; /* of all subflows, in order of time */
	size_t n;
	bool plain;	       /* fell back: subflow sequence space counts */
	struct ledger *ledger; /* NULL: nobody wants the acknowledgments */
};

/* A packet, with what it means to the connection. */
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

/* To be called for the packets in their order, each once. */
struct segment sequence_segment(struct sequence *q, size_t packet);

/* Begin the walk anew. */
void sequence_rewind(struct sequence *q);

/*
 * What a DSS, or an MP_CAPABLE with data, of this segment says: the mapping
 * that it states, and the data of the other direction that it acknowledges
 * (everything below *ack).  0 when it says no such thing or its place is not
 * known.  To be called in the order of the packets.
 */
bool sequence_mapping(struct sequence *q, const struct segment *s,
		      const struct mptcp_option *option,
		      struct dss_mapping *out);
bool sequence_data_ack(struct sequence *q, const struct segment *s,
		       const struct mptcp_option *option, int64_t *ack);

void sequence_release(struct sequence *q);

#endif
